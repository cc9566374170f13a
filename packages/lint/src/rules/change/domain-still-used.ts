import { formatObjectId } from '@gatefleet/kustomize';
import { hostClaims, isWithin, servingEnvironments } from '../../input/deployment.ts';
import type { ChangeRule } from '../../rule.ts';

export const domainStillUsed: ChangeRule = {
  id: 'domain-still-used',
  group: 'change',
  scope: 'change',
  severity: 'error',
  summary: 'A domain that an environment no longer has, although Ingresses in the repository still do.',
  why: 'Their hosts lose their certificates: browsers refuse them.',
  remedy: 'Move or remove the Ingresses first.',
  *check({ before, after, revision }) {
    const now = new Map(after.environments.map((environment) => [environment.name, environment]));
    const claims = hostClaims(after);
    const serving = servingEnvironments(after);
    for (const old of before.environments) {
      const environment = now.get(old.name);
      if (environment === undefined) continue;
      const { domains } = environment.environment.spec;
      for (const domain of old.environment.spec.domains.filter((each) => !domains.includes(each))) {
        const users = claims.filter(
          ({ host, build }) =>
            isWithin(host, [domain]) &&
            !isWithin(host, domains) &&
            serving(build).some(({ name }) => name === old.name),
        );
        if (users.length === 0) continue;
        const named = [...new Set(users.map(({ ingress, host }) => `${formatObjectId(ingress.id)} (${host})`))];
        yield {
          message: `${old.name} had the domain ${domain} at ${revision}; ${named.slice(0, 3).join(', ')}${named.length > 3 ? ` and ${named.length - 3} more` : ''} still use${named.length === 1 ? 's' : ''} it`,
          position: environment.positionOf(['spec', 'domains'], { atKey: true }),
          remedy: 'Keep the domain until the Ingresses are moved or removed.',
          environments: [old.name],
        };
      }
    }
  },
};
