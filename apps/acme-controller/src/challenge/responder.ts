import type { RequestListener, ServerResponse } from 'node:http';
import { challengeToken, type ChallengeRecord } from '@gatefleet/acme';
import type { Logger } from '../log.ts';

export interface ResponderOptions {
  /** Reads a challenge as it is now. */
  readonly load: (token: string, signal: AbortSignal) => Promise<ChallengeRecord | undefined>;
  /** What another replica's own token is answered with; it is no challenge, and the store is not asked for it. */
  readonly answerOf?: (token: string) => string | undefined;
  readonly now: () => Date;
  readonly onAnswer: (status: number) => void;
  readonly log: Logger;
}

/** Less than gateways wait before they ask another replica; the CA gives up after about ten seconds. */
const LOOK_UP_MS = 2_000;

/** Answers HTTP-01 challenges (RFC 8555 section 8.3). Everything that is not exactly one gets 404 before the store is asked. */
export function challengeResponder({ load, answerOf, now, onAnswer, log }: ResponderOptions): RequestListener {
  function answer(response: ServerResponse, status: number, body: string): void {
    onAnswer(status);
    response.writeHead(status, {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    });
    response.end(body);
  }

  return (request, response) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const token = isRead ? challengeToken(request.url ?? '') : undefined;
    if (token === undefined) return answer(response, 404, 'not found\n');
    const ours = answerOf?.(token);
    if (ours !== undefined) return answer(response, 200, ours);
    load(token, AbortSignal.timeout(LOOK_UP_MS)).then(
      (challenge) => {
        const isOpen = challenge !== undefined && Date.parse(challenge.expiresAt) > now().getTime();
        if (isOpen) answer(response, 200, challenge.keyAuthorization);
        else answer(response, 404, 'not found\n');
      },
      (error: unknown) => {
        log.warn({ err: error }, 'a challenge could not be looked up');
        answer(response, 503, 'try again\n');
      },
    );
  };
}
