import { expect, test } from '@jest/globals';
import type { EnvironmentStatus } from '../delivery/environment-status.ts';
import { environmentTable } from './environment-table.ts';

const three = { kind: 'counted', right: 3, of: 3 } as const;
const production: EnvironmentStatus = {
  name: 'production',
  cluster: 'production-eu',
  commit: 'f237c3fc54a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4',
  subject: 'Bring a newer Traefik',
  deployedAt: '2026-01-01T00:00:00Z',
  sync: 'Synced',
  health: 'Healthy',
  paused: undefined,
  drift: [],
  gateways: three,
  store: three,
  certificates: { kind: 'unknown', reason: 'no answer in 20 s' },
};
const now = new Date('2026-01-01T00:12:00Z');

test('an environment is a line', () => {
  expect(environmentTable([production], now)).toBe(
    'ENVIRONMENT  CLUSTER        COMMIT      AGE     SYNC    HEALTH   GATEWAYS  STORE   CERTIFICATES  DRIFT\n' +
      'production   production-eu  f237c3fc54  12 min  Synced  Healthy  3 of 3    3 of 3  ?             -\n',
  );
});

test('what is not as git says is told with everyone who wrote to it, when, and which fields', () => {
  const drifted: EnvironmentStatus = {
    ...production,
    sync: 'OutOfSync',
    drift: [
      {
        object: 'apps/Deployment gatefleet/traefik',
        writers: [
          { manager: 'kubectl-edit', at: '2026-01-01T00:03:00Z', fields: ['spec.a', 'spec.b', 'spec.c', 'spec.d'] },
          { manager: 'kubectl', at: undefined, fields: ['spec.replicas'] },
        ],
      },
      { object: 'Service gatefleet/consul', writers: [] },
    ],
  };
  expect(environmentTable([drifted], now).split('\n').slice(2)).toEqual([
    'production is not as git says: apps/Deployment gatefleet/traefik, written by kubectl-edit at 2026-01-01T00:03:00Z (spec.a, spec.b, spec.c, …) and by kubectl (spec.replicas)',
    'production is not as git says: Service gatefleet/consul',
    '',
  ]);
});
