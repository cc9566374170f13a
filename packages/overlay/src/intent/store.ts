import type { Environment } from '@gatefleet/environment';
import type { Patch, Step } from '../patch.ts';
import { workloadResources } from './resources.ts';

type Store = Environment['spec']['store'];

export function storePatches(store: Store): readonly Patch[] {
  return [
    servers(store),
    storage(store),
    workloadResources('StatefulSet', 'consul', 'spec.store.resources', store.resources),
  ];
}

function servers({ servers: count }: Store): Patch {
  return {
    kind: 'merge',
    fields: ['spec.store.servers'],
    purpose: 'servers',
    wanted: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'consul' },
      spec: {
        replicas: count,
        // Servers that expect different numbers of each other never elect a leader.
        template: { spec: { containers: [{ name: 'consul', env: [{ name: 'SERVERS', value: String(count) }] }] } },
      },
    },
  };
}

/** A claim template is one item of a list without a merge key: a merge patch would have to repeat the whole of it. */
function storage({ storageClass, size }: Store): Patch {
  const claim: readonly Step[] = ['spec', 'volumeClaimTemplates', { item: ['metadata', 'name'], is: 'data' }, 'spec'];
  return {
    kind: 'json',
    fields: ['spec.store.storageClass', 'spec.store.size'],
    purpose: 'storage',
    target: { group: 'apps', kind: 'StatefulSet', name: 'consul' },
    values: [
      ...(storageClass === undefined ? [] : [{ path: [...claim, 'storageClassName'], value: storageClass }]),
      { path: [...claim, 'resources', 'requests', 'storage'], value: size },
    ],
  };
}
