import type { Environment } from '@gatefleet/environment';
import type { FleetRule } from '../../rule.ts';

type Spec = Environment['spec'];

/** What a trial in staging says nothing about if it differs; numbers and sizes may. */
const axes: readonly { readonly path: readonly string[]; readonly of: (spec: Spec) => string }[] = [
  { path: ['spec', 'preset'], of: ({ preset }) => preset ?? 'none' },
  { path: ['spec', 'gateway', 'workload'], of: ({ gateway }) => gateway.workload },
  { path: ['spec', 'gateway', 'exposure', 'type'], of: ({ gateway }) => gateway.exposure.type },
  { path: ['spec', 'gateway', 'proxyProtocol'], of: ({ gateway }) => String(gateway.proxyProtocol) },
  { path: ['spec', 'certificates', 'challenge', 'type'], of: ({ certificates }) => certificates.challenge.type },
  { path: ['spec', 'certificates', 'profile'], of: ({ certificates }) => certificates.profile ?? 'none' },
];

export const stagingIsLikeProduction: FleetRule = {
  id: 'staging-is-like-production',
  group: 'fleet',
  scope: 'fleet',
  severity: 'warning',
  summary: 'A production environment that differs from every staging environment in what a trial depends on.',
  why: 'What worked in staging was something else: another provider, kind of workload, exposure or challenge.',
  remedy: 'Let one staging environment be as production is.',
  *check({ environments }) {
    const staging = environments.filter(({ environment }) => environment.spec.stage === 'staging');
    if (staging.length === 0) return;
    for (const production of environments.filter(({ environment }) => environment.spec.stage === 'production')) {
      for (const { path, of } of axes) {
        const own = of(production.environment.spec);
        if (staging.some(({ environment }) => of(environment.spec) === own)) continue;
        const [other] = staging;
        yield {
          message: `${path.join('.')} is ${own} in ${production.name}, and ${of((other ?? production).environment.spec)} in ${staging.map(({ name }) => name).join(', ')}`,
          position: production.positionOf(path, { atKey: true }),
          remedy: 'Make them alike, or waive it with the reason.',
          environments: [production.name],
        };
      }
    }
  },
};
