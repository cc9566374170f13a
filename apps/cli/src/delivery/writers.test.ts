import { expect, test } from '@jest/globals';
import { Managed, writersOf } from './writers.ts';

const managed = (...managedFields: object[]) => Managed.parse({ metadata: { managedFields } });

test('who changed what by hand is told, the latest first, without Argo CD and without status', () => {
  const object = managed(
    { manager: 'argocd-controller', time: '2026-01-01T00:00:00Z', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    { manager: 'kube-controller-manager', subresource: 'status', fieldsV1: { 'f:status': {} } },
    {
      manager: 'kubectl-label',
      time: '2026-01-02T00:00:00Z',
      fieldsV1: { 'f:metadata': { 'f:labels': { 'f:x': {} } } },
    },
    {
      manager: 'kubectl-edit',
      time: '2026-01-03T00:00:00Z',
      fieldsV1: { 'f:spec': { 'f:containers': { 'k:{"name":"traefik"}': { '.': {}, 'f:image': {} } } } },
    },
  );
  expect(writersOf(object)).toEqual([
    { manager: 'kubectl-edit', at: '2026-01-03T00:00:00Z', fields: ['spec.containers[name:traefik].image'] },
    { manager: 'kubectl-label', at: '2026-01-02T00:00:00Z', fields: ['metadata.labels.x'] },
  ]);
});

test('an object that only Argo CD wrote has no other writer', () => {
  expect(writersOf(managed({ manager: 'argocd-controller', fieldsV1: { 'f:spec': {} } }))).toEqual([]);
});

test('who scaled by hand is told, and the autoscaler is not', () => {
  const fieldsV1 = { 'f:spec': { 'f:replicas': {} } };
  const at = '2026-01-01T00:00:00Z';
  const object = managed(
    { manager: 'kubectl', subresource: 'scale', time: at, fieldsV1 },
    { manager: 'kube-controller-manager', subresource: 'scale', time: '2026-01-02T00:00:00Z', fieldsV1 },
  );
  expect(writersOf(object)).toEqual([{ manager: 'kubectl', at, fields: ['spec.replicas'] }]);
});
