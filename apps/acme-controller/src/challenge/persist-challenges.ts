import type { PersistChallenges } from '@gatefleet/acme';
import { checkPersistRecord, DnsChallengeError, type PersistCheck } from '@gatefleet/dns-challenge';

export interface PersistChallengesOptions {
  /** Recursive servers, host and port. Default: those of the system. */
  readonly resolvers?: readonly string[];
  /** Where the zones' own servers listen. Default 53. */
  readonly port?: number;
}

/** Looks for records that an operator sets once, and says which are to be set. Nothing here writes to DNS. */
export function persistChallenges({ resolvers, port }: PersistChallengesOptions = {}): PersistChallenges {
  return {
    async ready(answers, signal) {
      const checks = await Promise.all(
        answers.map(async ({ host, issuerDomains, account }) => {
          const each = issuerDomains.map((issuerDomain) =>
            checkPersistRecord(host, { issuerDomain, account, resolvers, port }, signal),
          );
          const found = await Promise.all(each);
          return found.find(({ kind }) => kind === 'valid') ?? found[0];
        }),
      );
      const missing = checks.filter((check) => check?.kind === 'missing');
      if (missing.length === 0) return;
      throw new DnsChallengeError('NO_RECORD', missing.map(whatIsMissing).join('; '), {
        hint: `set ${missing.map(({ record }) => record.zoneFileLine).join(' and ')}`,
      });
    },
  };
}

function whatIsMissing({ flaws, record }: Extract<PersistCheck, { kind: 'missing' }>): string {
  const [flaw] = flaws;
  const where = flaw === undefined ? 'no server of the zone can be asked' : `at ${flaw.server}, ${flaw.reason}`;
  return `${record.fqdn} does not hold what the CA wants (${where}): set ${record.zoneFileLine}`;
}
