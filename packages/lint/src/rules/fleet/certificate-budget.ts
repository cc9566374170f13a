import { plannedCertificates, plannedUse } from '../../plan/planned-certificates.ts';
import { formatDuration } from '../../plan/format-duration.ts';
import type { FleetRule } from '../../rule.ts';

/** Share of a limit from which one is warned. */
const near = 0.5;

const limits = {
  certificatesPerDomain: 'certificates for one registered domain in 7 days',
  newOrders: 'orders of one account in 3 hours',
} as const;

export const certificateBudget: FleetRule = {
  id: 'certificate-budget',
  group: 'fleet',
  scope: 'fleet',
  severity: 'error',
  summary:
    'More certificates than Let’s Encrypt issues at once for a registered domain or an account. A warning from half of it on.',
  why: 'When they must be ordered anew, hosts wait for days. Renewals that say what they replace are free of the limits; the first order, or one after a loss of the store, is not.',
  remedy: 'Put hosts together into fewer Ingresses, use a wildcard by dns-01, or another CA for some domains.',
  *check(fleet) {
    const byName = new Map(fleet.environments.map((environment) => [environment.name, environment]));
    for (const { limit, of, used, capacity, leastMs, environments } of plannedUse(plannedCertificates(fleet))) {
      const environment = byName.get(environments[0] ?? '');
      if (used < capacity * near || environment === undefined) continue;
      const share = Math.round((used / capacity) * 100);
      const time = leastMs === 0 ? '' : `; issuing all takes ${formatDuration(leastMs)} at least`;
      yield {
        message: `${used} certificates for ${of} are ${share} % of the ${capacity} ${limits[limit]} that Let’s Encrypt allows${time}`,
        position: environment.positionOf(['spec', 'domains'], { atKey: true }),
        remedy: 'Put hosts together into fewer Ingresses, use a wildcard by dns-01, or another CA for some domains.',
        environments,
        ...(used < capacity && { severity: 'warning' as const }),
      };
    }
  },
};
