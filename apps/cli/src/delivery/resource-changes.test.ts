import { expect, test } from '@jest/globals';
import type { Application } from 'argocd-ts-client';
import { resourceStates, stateChanges } from './resource-changes.ts';

const states = (...resources: NonNullable<NonNullable<Application['status']>['resources']>) =>
  resourceStates({ status: { resources } });
const traefik = { group: 'apps', kind: 'Deployment', namespace: 'gatefleet', name: 'traefik' };

test('only what changed is told, with what Argo CD says of it', () => {
  const before = states({ ...traefik, status: 'OutOfSync' }, { kind: 'Service', name: 'web', status: 'Synced' });
  const after = states(
    { ...traefik, status: 'Synced', health: { status: 'Progressing', message: '1 of 3 updated' } },
    { kind: 'Service', name: 'web', status: 'Synced' },
  );
  expect(stateChanges(before, after)).toEqual([
    'apps/Deployment gatefleet/traefik  Synced, Progressing, 1 of 3 updated',
  ]);
});

test('what is gone is told', () => {
  expect(stateChanges(states({ ...traefik, status: 'OutOfSync' }), states())).toEqual([
    'apps/Deployment gatefleet/traefik  gone',
  ]);
});
