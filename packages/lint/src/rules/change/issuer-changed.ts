import { directoryOf, plannedCertificates, plannedUse } from '../../plan/planned-certificates.ts';
import { formatDuration } from '../../plan/format-duration.ts';
import type { ChangeRule } from '../../rule.ts';

export const issuerChanged: ChangeRule = {
  id: 'issuer-changed',
  group: 'change',
  scope: 'change',
  severity: 'warning',
  summary: 'An environment that asks another CA first than it did.',
  why: 'Every certificate is ordered anew at once, and none of the orders is free of the new CA’s limits.',
  remedy: 'Sync it at a quiet hour; see `gatefleet plan` for what it takes.',
  *check({ before, after, revision }) {
    const old = new Map(
      before.environments.map(({ name, environment }) => [name, directoryOf(environment.spec.certificates.issuers[0])]),
    );
    const planned = plannedCertificates(after);
    for (const environment of after.environments) {
      const is = directoryOf(environment.environment.spec.certificates.issuers[0]);
      const was = old.get(environment.name);
      if (was === undefined || was === is) continue;
      const own = planned.filter((each) => each.environment === environment.name);
      const longest = Math.max(0, ...plannedUse(own).map(({ leastMs }) => leastMs));
      yield {
        message: `${environment.name} asked ${new URL(was).host} first at ${revision}, and asks ${new URL(is).host} now: ${own.length === 1 ? '1 certificate is' : `${own.length} certificates are`} ordered anew${longest === 0 ? '' : `, which takes ${formatDuration(longest)} at least`}`,
        position: environment.positionOf(['spec', 'certificates', 'issuers', 0]),
        remedy: 'Sync it at a quiet hour; see gatefleet plan for what it takes.',
        environments: [environment.name],
      };
    }
  },
};
