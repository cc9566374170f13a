import { exchangeTcp, exchangeUdp, unreachable } from './exchange.ts';
import { decodeAnswer, encodeQuery, isAnswerTo, newId, type DnsAnswer, type Question } from './message.ts';
import type { ServerAddress } from './server-address.ts';

export interface AskOptions {
  /** Whether the server is to ask others in our place. */
  readonly isRecursive: boolean;
}

/** A datagram may be lost: then again, and then over TCP, which is the way too for an answer that is too long for a datagram. */
const UDP_TIMEOUTS_MS = [1_500, 2_500];
const TCP_TIMEOUT_MS = 4_000;

/**
 * Asks one server one question. What it answers is a value, refusals too.
 * @throws DnsChallengeError `UNREACHABLE`; the signal's reason when aborted
 */
export async function ask(
  server: ServerAddress,
  question: Question,
  { isRecursive }: AskOptions,
  signal: AbortSignal,
): Promise<DnsAnswer> {
  for (const timeout of UDP_TIMEOUTS_MS) {
    const answer = await attempt(exchangeUdp, timeout).catch(() => signal.throwIfAborted());
    if (answer !== undefined && !answer.isTruncated) return answer;
    if (answer?.isTruncated) break;
  }
  return attempt(exchangeTcp, TCP_TIMEOUT_MS);

  async function attempt(exchange: typeof exchangeUdp, timeout: number): Promise<DnsAnswer> {
    const id = newId();
    const message = encodeQuery(question, id, isRecursive);
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
    const doing = `asking for ${question.type} of ${question.name}`;
    const bytes = await exchange(server, message, (each) => isAnswerTo(each, question, id), limited).catch(
      (error: unknown) => {
        signal.throwIfAborted();
        throw unreachable(doing, server, error);
      },
    );
    return decodeAnswer(bytes);
  }
}
