import { expect, test } from '@jest/globals';
import { environmentNamed } from '@gatefleet/environment/testing';
import { layoutOf } from '@gatefleet/local-cluster';
import { planClusters } from './clusters.ts';

const home = layoutOf('/repository/.gatefleet');
const inCluster = (name: string, cluster: string) => environmentNamed(name, { cluster: { name: cluster } });

test('each environment has a cluster of its own, the first one in the folder itself', () => {
  const planned = planClusters([inCluster('dev', 'dev-eu'), inCluster('staging', 'staging-eu')], home);
  expect(
    planned.map(({ index, context, layout, demoHost }) => ({ index, context, root: layout.root, demoHost })),
  ).toEqual([
    { index: 0, context: 'dev-eu', root: '/repository/.gatefleet', demoHost: 'shop.dev.example.com' },
    {
      index: 1,
      context: 'staging-eu',
      root: '/repository/.gatefleet/clusters/staging-eu',
      demoHost: 'shop.staging.example.com',
    },
  ]);
});

test.each<{ given: string; clusters: readonly string[]; says: RegExp }>([
  { given: 'one cluster for two environments', clusters: ['eu', 'eu'], says: /more than one of them names cluster eu/ },
  { given: 'Argo CD’s own cluster behind another', clusters: ['eu', 'in-cluster'], says: /Argo CD runs in the first/ },
  {
    given: 'eleven environments',
    clusters: Array.from({ length: 11 }, (_, i) => `c${i}`),
    says: /at most 10 fit side by side/,
  },
])('given $given, it refuses', ({ clusters, says }) => {
  const environments = clusters.map((cluster, i) => inCluster(`e${i}`, cluster));
  expect(() => planClusters(environments, home)).toThrow(says);
});
