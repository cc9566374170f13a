import { getServers } from 'node:dns';
import { DnsChallengeError } from '../errors.ts';
import { ask } from './ask.ts';
import { RCODE, rcodeName, type DnsRecord, type Question } from './message.ts';
import { parseServerAddress } from './server-address.ts';

/** Asks recursive servers. */
export interface Resolver {
  /**
   * The records in the answer, CNAMEs on the way to them included; none when the name does not exist or has none of that type.
   * @throws DnsChallengeError `UNREACHABLE` when no server answers, `BAD_ANSWER` when none can find out; the signal's reason
   */
  records(question: Question, signal: AbortSignal): Promise<readonly DnsRecord[]>;
}

/** @param addresses - tried in this order. Default: those of the system. @throws DnsChallengeError `BAD_CONFIG` */
export function resolverOf(addresses: readonly string[] = getServers()): Resolver {
  const servers = addresses.map(parseServerAddress);
  return {
    async records(question, signal) {
      let failure = new DnsChallengeError(
        'BAD_CONFIG',
        `asking for ${question.type} of ${question.name}: there is no resolver`,
      );
      for (const server of servers) {
        try {
          const { rcode, answers } = await ask(server, question, { isRecursive: true }, signal);
          if (rcode === RCODE.noError) return answers;
          if (rcode === RCODE.nxDomain) return [];
          const doing = `asking for ${question.type} of ${question.name}`;
          failure = new DnsChallengeError('BAD_ANSWER', `${doing}: ${server.host} answered ${rcodeName(rcode)}`, {
            hint: 'check that the zone’s servers work and, with DNSSEC, that its signatures are good',
          });
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof DnsChallengeError)) throw error;
          failure = error;
        }
      }
      throw failure;
    },
  };
}
