import { describe } from '@jest/globals';
import { object, stream, workload } from '../../testing/manifests.ts';
import { objectTable } from '../../testing/rule-table.ts';
import { quorumIsExpected } from './quorum-is-expected.ts';
import { quorumIsOdd } from './quorum-is-odd.ts';
import { quorumIsSpread } from './quorum-is-spread.ts';
import { quorumSurvivesEviction } from './quorum-survives-eviction.ts';

const servers = (replicas: number, expect = replicas, pod = '') =>
  workload({
    kind: 'StatefulSet',
    name: 'consul',
    spec: `replicas: ${replicas}`,
    pod,
    container: `env:\n  - name: SERVERS\n    value: "${expect}"\ncommand: [consul]\nargs:\n  - agent\n  - -server\n  - -bootstrap-expect=$(SERVERS)`,
  });
const apart =
  'affinity:\n  podAntiAffinity:\n    requiredDuringSchedulingIgnoredDuringExecution:\n      - topologyKey: kubernetes.io/hostname\n        labelSelector:\n          matchLabels:\n            app: consul';
const budget = (spec: string) =>
  object(
    'policy/v1',
    'PodDisruptionBudget',
    'consul',
    `spec:\n  ${spec}\n  selector:\n    matchLabels:\n      app: consul`,
  );

describe('quorum-is-odd', () => {
  objectTable(
    quorumIsOdd,
    [
      {
        name: 'four servers',
        objects: servers(4),
        finds: ['error quorum-is-odd "4" StatefulSet shop/consul has 4 servers, which survive the loss of 1 → Run 3.'],
        remedied: { 'replicas: 4': 'replicas: 3' },
      },
      {
        name: 'one server',
        objects: servers(1),
        finds: [
          'error quorum-is-odd "1" StatefulSet shop/consul has 1 servers, which survive the loss of none → Run 3.',
        ],
        remedied: { 'replicas: 1': 'replicas: 3' },
      },
      {
        name: 'six servers',
        objects: servers(6),
        finds: ['error quorum-is-odd "6" StatefulSet shop/consul has 6 servers, which survive the loss of 2 → Run 7.'],
        remedied: { 'replicas: 6': 'replicas: 7' },
      },
    ],
    { 'five servers': servers(5), 'what is no Consul server': workload({ kind: 'StatefulSet', spec: 'replicas: 2' }) },
  );
});

describe('quorum-is-expected', () => {
  objectTable(quorumIsExpected, [
    {
      name: 'five servers that expect three',
      objects: servers(5, 3),
      finds: [
        'error quorum-is-expected "5" StatefulSet shop/consul has 5 servers, and each expects 3 → Make both 5: replicas, and what the container app is told to expect.',
      ],
      remedied: { 'value: "3"': 'value: "5"' },
    },
  ]);
});

describe('quorum-survives-eviction', () => {
  objectTable(
    quorumSurvivesEviction,
    [
      {
        name: 'no budget',
        objects: servers(3),
        finds: [
          'error quorum-survives-eviction "consul" StatefulSet shop/consul has no PodDisruptionBudget → Add one with maxUnavailable: 1 that selects its Pods.',
        ],
        remedied: { 'apiVersion: apps/v1': `${budget('maxUnavailable: 1')}---\napiVersion: apps/v1` },
      },
      {
        name: 'a budget that lets two of three go',
        objects: stream(budget('maxUnavailable: 2'), servers(3)),
        finds: [
          'error quorum-survives-eviction "2" PodDisruptionBudget shop/consul lets 2 of 3 servers be evicted at once, and 2 must stay → Write maxUnavailable: 1.',
        ],
        remedied: { 'maxUnavailable: 2': 'maxUnavailable: 1' },
      },
      {
        name: 'a least number below the majority',
        objects: stream(budget('minAvailable: 1'), servers(3)),
        finds: [
          'error quorum-survives-eviction "1" PodDisruptionBudget shop/consul lets 2 of 3 servers be evicted at once, and 2 must stay → Write maxUnavailable: 1.',
        ],
        remedied: { 'minAvailable: 1': 'maxUnavailable: 1' },
      },
      {
        name: 'a share that is too large',
        objects: stream(budget('maxUnavailable: 50%'), servers(3)),
        finds: [
          'error quorum-survives-eviction "50%" PodDisruptionBudget shop/consul lets 2 of 3 servers be evicted at once, and 2 must stay → Write maxUnavailable: 1.',
        ],
        remedied: { 'maxUnavailable: 50%': 'maxUnavailable: 1' },
      },
    ],
    { 'two of five': stream(budget('maxUnavailable: 2'), servers(5)) },
  );
});

describe('quorum-is-spread', () => {
  objectTable(
    quorumIsSpread,
    [
      {
        name: 'nothing keeps them apart',
        objects: servers(3),
        finds: [
          'error quorum-is-spread "spec:" StatefulSet shop/consul may have several servers on one node → Add a required podAntiAffinity of its own Pods on kubernetes.io/hostname.',
        ],
        remedied: {
          '      automountServiceAccountToken': `${apart.replaceAll(/^/gm, '      ')}\n      automountServiceAccountToken`,
        },
      },
      {
        name: 'only a preference',
        objects: servers(
          3,
          3,
          'topologySpreadConstraints:\n  - topologyKey: kubernetes.io/hostname\n    whenUnsatisfiable: ScheduleAnyway\n    labelSelector:\n      matchLabels:\n        app: consul',
        ),
        finds: [
          'error quorum-is-spread "spec:" StatefulSet shop/consul may have several servers on one node → Add a required podAntiAffinity of its own Pods on kubernetes.io/hostname.',
        ],
        remedied: { ScheduleAnyway: 'DoNotSchedule' },
      },
    ],
    { 'a required anti-affinity': servers(3, 3, apart) },
  );
});
