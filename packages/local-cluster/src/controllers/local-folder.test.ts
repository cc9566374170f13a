import { expect, test } from '@jest/globals';
import type { V1PersistentVolumeClaim } from '@kubernetes/client-node';
import { enlargementOf, isReleased, provisioner, volumeFor } from './local-folder.ts';

const claim = (change: (claim: V1PersistentVolumeClaim) => void = () => undefined): V1PersistentVolumeClaim => {
  const made: V1PersistentVolumeClaim = {
    metadata: {
      name: 'data-consul-0',
      namespace: 'gatefleet',
      uid: 'u1',
      annotations: { 'volume.kubernetes.io/selected-node': 'node-2' },
    },
    spec: { storageClassName: 'local', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } },
  };
  change(made);
  return made;
};
const folderOf = (node: string, volume: string) => `/volumes/${node}/${volume}`;

test('a claim whose node is chosen gets a volume on that node, for it alone', () => {
  const volume = volumeFor(claim(), ['local'], folderOf);
  expect(volume?.spec?.local?.path).toBe('/volumes/node-2/pvc-u1');
  expect(volume?.spec?.capacity).toEqual({ storage: '2Gi' });
  expect(volume?.spec?.claimRef?.uid).toBe('u1');
  expect(volume?.spec?.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions?.[0]?.values).toEqual(['node-2']);
});

test.each<{ given: string; change: (claim: V1PersistentVolumeClaim) => void }>([
  { given: 'no node chosen yet', change: ({ metadata }) => delete metadata?.annotations },
  { given: 'another class', change: ({ spec }) => Object.assign(spec ?? {}, { storageClassName: 'gp3' }) },
  { given: 'a volume bound already', change: ({ spec }) => Object.assign(spec ?? {}, { volumeName: 'pvc-u1' }) },
  {
    given: 'a claim that is being deleted',
    change: ({ metadata }) => Object.assign(metadata ?? {}, { deletionTimestamp: new Date() }),
  },
])('given $given, then no volume is made', ({ change }) => {
  expect(volumeFor(claim(change), ['local'], folderOf)).toBeUndefined();
});

test.each<{ given: string; change: (claim: V1PersistentVolumeClaim) => void; then: object | undefined }>([
  { given: 'more than its volume has', change: () => undefined, then: { name: 'pvc-u1', storage: '2Gi' } },
  {
    given: 'what its volume has',
    change: ({ status }) => Object.assign(status ?? {}, { capacity: { storage: '2Gi' } }),
    then: undefined,
  },
  { given: 'a volume, and is not bound yet', change: (claim) => delete claim.status, then: undefined },
  {
    given: 'more, of another class',
    change: ({ spec }) => Object.assign(spec ?? {}, { storageClassName: 'gp3' }),
    then: undefined,
  },
])('of a claim that asks for $given, the volume is to become: $then', ({ change, then }) => {
  const bound = claim(({ spec }) => Object.assign(spec ?? {}, { volumeName: 'pvc-u1' }));
  bound.status = { capacity: { storage: '1Gi' } };
  change(bound);
  expect(enlargementOf(bound, ['local'])).toEqual(then);
});

test.each([
  { given: 'released and ours', by: provisioner, phase: 'Released', policy: 'Delete', then: true },
  { given: 'still bound', by: provisioner, phase: 'Bound', policy: 'Delete', then: false },
  { given: 'to be retained', by: provisioner, phase: 'Released', policy: 'Retain', then: false },
  { given: 'made by another', by: 'other.dev/x', phase: 'Released', policy: 'Delete', then: false },
])('a volume that is $given is reclaimed: $then', ({ by, phase, policy, then }) => {
  const annotations = { 'pv.kubernetes.io/provisioned-by': by };
  const volume = { metadata: { annotations }, spec: { persistentVolumeReclaimPolicy: policy }, status: { phase } };
  expect(isReleased(volume)).toBe(then);
});
