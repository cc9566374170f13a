import { describe } from '@jest/globals';
import { object, stream, workload } from '../../testing/manifests.ts';
import { objectTable } from '../../testing/rule-table.ts';
import { quorumHasNodes } from './quorum-has-nodes.ts';
import { quorumIsExpected } from './quorum-is-expected.ts';
import { quorumIsOdd } from './quorum-is-odd.ts';
import { quorumIsSpread } from './quorum-is-spread.ts';
import { quorumSurvivesEviction } from './quorum-survives-eviction.ts';
import { quorumSurvivesRollout } from './quorum-survives-rollout.ts';

const servers = (replicas: number, expect = replicas, pod = '', spec = '') =>
  workload({
    kind: 'StatefulSet',
    name: 'consul',
    spec: `replicas: ${replicas}${spec}`,
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
  objectTable(
    quorumIsExpected,
    [
      {
        name: 'five servers that expect three',
        objects: servers(5, 3),
        finds: [
          'error quorum-is-expected "5" StatefulSet shop/consul has 5 servers, and each expects 3 → Make both 5: replicas, and what the container app is told to expect.',
        ],
        remedied: { 'value: "3"': 'value: "5"' },
      },
    ],
    { 'three servers that expect three': servers(3) },
  );
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
          'topologySpreadConstraints:\n  - topologyKey: kubernetes.io/hostname\n    maxSkew: 1\n    whenUnsatisfiable: ScheduleAnyway\n    labelSelector:\n      matchLabels:\n        app: consul',
        ),
        finds: [
          'error quorum-is-spread "spec:" StatefulSet shop/consul may have several servers on one node → Add a required podAntiAffinity of its own Pods on kubernetes.io/hostname.',
        ],
        remedied: { ScheduleAnyway: 'DoNotSchedule' },
      },
      {
        name: 'a skew that lets two of three be on one node',
        objects: servers(
          3,
          3,
          'topologySpreadConstraints:\n  - topologyKey: kubernetes.io/hostname\n    maxSkew: 2\n    whenUnsatisfiable: DoNotSchedule\n    labelSelector:\n      matchLabels:\n        app: consul',
        ),
        finds: [
          'error quorum-is-spread "spec:" StatefulSet shop/consul may have several servers on one node → Add a required podAntiAffinity of its own Pods on kubernetes.io/hostname.',
        ],
        remedied: { 'maxSkew: 2': 'maxSkew: 1' },
      },
    ],
    { 'a required anti-affinity': servers(3, 3, apart) },
  );
});

describe('quorum-survives-rollout', () => {
  const probe = '          readinessProbe:\n            httpGet:\n              port: http\n';
  const rolling = (maxUnavailable: string) =>
    `\nupdateStrategy:\n  type: RollingUpdate\n  rollingUpdate:\n    maxUnavailable: ${maxUnavailable}`;
  objectTable(
    quorumSurvivesRollout,
    [
      {
        name: 'a rollout that ends two of three',
        objects: servers(3, 3, '', rolling('2')),
        finds: [
          'error quorum-survives-rollout "2" a rollout of StatefulSet shop/consul may end 2 of 3 servers at once, and 2 must stay → Write maxUnavailable: 1, or leave it out.',
        ],
        remedied: { 'maxUnavailable: 2': 'maxUnavailable: 1' },
      },
      {
        name: 'a share that is rounded up to three of five',
        objects: servers(5, 5, '', rolling('50%')),
        finds: [
          'error quorum-survives-rollout "50%" a rollout of StatefulSet shop/consul may end 3 of 5 servers at once, and 3 must stay → Write maxUnavailable: 1, or leave it out.',
        ],
        remedied: { 'maxUnavailable: 50%': 'maxUnavailable: 1' },
      },
      {
        name: 'servers that never say they are ready',
        objects: servers(3).replace(probe, ''),
        finds: [
          'error quorum-survives-rollout "name: app" a rollout of StatefulSet shop/consul does not wait for a server to be back: the container app has no readinessProbe → Add a readinessProbe that fails until the server knows a leader.',
        ],
        remedied: { '          resources:\n': `${probe}          resources:\n` },
      },
    ],
    {
      'two of five': servers(5, 5, '', rolling('2')),
      'servers that a person ends': servers(3, 3, '', '\nupdateStrategy: { type: OnDelete }').replace(probe, ''),
    },
  );
});

describe('quorum-has-nodes', () => {
  const only = (...names: string[]) =>
    `affinity:\n  nodeAffinity:\n    requiredDuringSchedulingIgnoredDuringExecution:\n      nodeSelectorTerms:\n        - matchExpressions:\n            - { key: kubernetes.io/hostname, operator: In, values: [${names.join(', ')}] }`;
  objectTable(
    quorumHasNodes,
    [
      {
        name: 'one node, by its name',
        objects: servers(3, 3, 'nodeSelector:\n  kubernetes.io/hostname: one'),
        finds: [
          'error quorum-has-nodes "kubernetes.io/hostname: one" the 3 servers of StatefulSet shop/consul may run on one only, and the loss of one node must leave 2 → Name at least 3 nodes, or select them by a label that as many have.',
        ],
        remedied: { 'kubernetes.io/hostname: one': 'node-role.example.com/store: ""' },
      },
      {
        name: 'two nodes for five servers',
        objects: servers(5, 5, only('one', 'two')),
        finds: [
          'error quorum-has-nodes "nodeSelectorTerms:" the 5 servers of StatefulSet shop/consul may run on one, two only, and the loss of one node must leave 3 → Name at least 3 nodes, or select them by a label that as many have.',
        ],
        remedied: { '[one, two]': '[one, two, three]' },
      },
    ],
    {
      'any node': servers(3),
      'a second term that lets in any node of a zone': servers(
        3,
        3,
        `${only('one')}\n        - matchExpressions:\n            - { key: topology.kubernetes.io/zone, operator: In, values: [a] }`,
      ),
    },
  );
});
