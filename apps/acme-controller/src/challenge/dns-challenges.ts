import type { DnsAnswer, DnsChallenges } from '@gatefleet/acme';
import {
  dnsRecordOf,
  DnsChallengeError,
  resolveDelegation,
  untilVisible,
  visibilityText,
  type DnsProvider,
} from '@gatefleet/dns-challenge';

export interface DnsChallengesOptions {
  readonly provider: DnsProvider;
  /** Recursive servers, host and port. Default: those of the system. */
  readonly resolvers?: readonly string[];
  /** Where the zones' own servers listen. Default 53. */
  readonly port?: number;
}

/** Sets records where a challenge's name leads to, and waits until the zone's own servers show them. */
export function dnsChallenges({ provider, resolvers, port }: DnsChallengesOptions): DnsChallenges {
  const place = async ({ host, keyAuthorization }: DnsAnswer, signal: AbortSignal) => {
    const { fqdn, value } = dnsRecordOf(host, keyAuthorization);
    return { fqdn: await resolveDelegation(fqdn, { resolvers }, signal), value };
  };
  return {
    async present(answers, signal) {
      const records = await Promise.all(answers.map((answer) => place(answer, signal)));
      await Promise.all(records.map(({ fqdn, value }) => provider.addTxt(fqdn, value, signal)));
      await Promise.all(
        records.map(async ({ fqdn, value }) => {
          const seen = await untilVisible(fqdn, value, { resolvers, port }, signal);
          if (seen.kind === 'visible') return;
          throw new DnsChallengeError('TIMED_OUT', `looking for the record at ${fqdn}: ${visibilityText(seen)}`, {
            hint: 'see whether all servers of the zone get its changes',
          });
        }),
      );
    },

    async remove(answers, signal) {
      await Promise.all(
        answers.map(async (answer) => {
          const { fqdn, value } = await place(answer, signal);
          await provider.removeTxt(fqdn, value, signal);
        }),
      );
    },
  };
}
