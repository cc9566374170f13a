import { describe } from '@jest/globals';
import { object, service, stream, workload } from '../../testing/manifests.ts';
import { objectTable } from '../../testing/rule-table.ts';
import { autoscalerHasRequests } from './autoscaler-has-requests.ts';
import { budgetAllowsEviction } from './budget-allows-eviction.ts';
import { gatewayHasReplicas } from './gateway-has-replicas.ts';
import { gatewayIsSpread } from './gateway-is-spread.ts';
import { hostPortsCanRoll } from './host-ports-can-roll.ts';
import { oneAcmeWriter } from './one-acme-writer.ts';
import { rolloutKeepsServing } from './rollout-keeps-serving.ts';

const budget = (spec: string) =>
  object('policy/v1', 'PodDisruptionBudget', 'web', `spec:\n  ${spec}\n  selector:\n    matchLabels:\n      app: web`);
const autoscaler = (min: number) =>
  object(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    'web',
    `spec:\n  minReplicas: ${min}\n  scaleTargetRef:\n    kind: Deployment\n    name: web\n  metrics:\n    - type: Resource\n      resource:\n        name: cpu\n        target:\n          type: Utilization`,
  );
const balanced = service('type: LoadBalancer');
const spread =
  'topologySpreadConstraints:\n  - topologyKey: kubernetes.io/hostname\n    whenUnsatisfiable: ScheduleAnyway\n    labelSelector:\n      matchLabels:\n        app: web';

describe('budget-allows-eviction', () => {
  objectTable(
    budgetAllowsEviction,
    [
      {
        name: 'as many as there are',
        objects: stream(budget('minAvailable: 2'), workload({ spec: 'replicas: 2' })),
        finds: [
          'error budget-allows-eviction "2" PodDisruptionBudget shop/web lets none of the 2 Pods of Deployment shop/web be evicted → Write maxUnavailable: 1 in its place.',
        ],
        remedied: { 'minAvailable: 2': 'maxUnavailable: 1' },
      },
      {
        name: 'none, by maxUnavailable',
        objects: stream(budget('maxUnavailable: 0'), workload({ spec: 'replicas: 3' })),
        finds: [
          'error budget-allows-eviction "0" PodDisruptionBudget shop/web lets none of the 3 Pods of Deployment shop/web be evicted → Write maxUnavailable: 1 in its place.',
        ],
        remedied: { 'maxUnavailable: 0': 'maxUnavailable: 1' },
      },
      {
        name: 'the least number of an autoscaler',
        objects: stream(budget('minAvailable: 3'), workload({ spec: 'replicas: 9' }), autoscaler(3)),
        finds: [
          'error budget-allows-eviction "3" PodDisruptionBudget shop/web lets none of the 3 Pods of Deployment shop/web be evicted → Write maxUnavailable: 1 in its place.',
        ],
        remedied: { 'minAvailable: 3': 'minAvailable: 2' },
      },
    ],
    { 'one of three': stream(budget('maxUnavailable: 1'), workload({ spec: 'replicas: 3' })) },
  );
});

describe('gateway-has-replicas', () => {
  objectTable(
    gatewayHasReplicas,
    [
      {
        name: 'one Pod behind a load balancer',
        objects: stream(balanced, workload({ spec: 'replicas: 1' })),
        finds: [
          'warning gateway-has-replicas "1" Deployment shop/web takes traffic from outside with one Pod → Set replicas to at least 2.',
        ],
        remedied: { 'replicas: 1': 'replicas: 2' },
      },
      {
        name: 'an autoscaler that goes down to one',
        objects: stream(balanced, workload(), autoscaler(1)),
        finds: [
          'warning gateway-has-replicas "1" Deployment shop/web takes traffic from outside with one Pod → Set minReplicas to at least 2.',
        ],
        remedied: { 'minReplicas: 1': 'minReplicas: 2' },
      },
    ],
    {
      'a DaemonSet': stream(balanced, workload({ kind: 'DaemonSet' })),
      'a Service inside': stream(service(), workload()),
    },
  );
});

describe('gateway-is-spread', () => {
  objectTable(
    gatewayIsSpread,
    [
      {
        name: 'nothing keeps them apart',
        objects: stream(balanced, workload({ spec: 'replicas: 2' })),
        finds: [
          'warning gateway-is-spread "spec:" nothing keeps the Pods of Deployment shop/web on different nodes → Add a topologySpreadConstraint of its own Pods on kubernetes.io/hostname.',
        ],
        remedied: {
          '      automountServiceAccountToken': `${spread.replaceAll(/^/gm, '      ')}\n      automountServiceAccountToken`,
        },
      },
    ],
    {
      'a preference over nodes': stream(balanced, workload({ spec: 'replicas: 2', pod: spread })),
      'a Service inside': stream(service(), workload({ spec: 'replicas: 2' })),
    },
  );
});

describe('host-ports-can-roll', () => {
  const withHostPort = (parts: Parameters<typeof workload>[0]) =>
    workload(parts).replace('containerPort: 8080', 'containerPort: 8080\n              hostPort: 80');
  objectTable(
    hostPortsCanRoll,
    [
      {
        name: 'a Deployment that starts one more first',
        objects: withHostPort({ spec: 'strategy:\n  rollingUpdate:\n    maxSurge: 1\n    maxUnavailable: 0' }),
        finds: [
          'error host-ports-can-roll "1" Deployment shop/web needs ports of its node, and its rollout starts 1 more before any ends → Set strategy.rollingUpdate to maxSurge: 0 and maxUnavailable: 1.',
        ],
        remedied: { 'maxSurge: 1\n      maxUnavailable: 0': 'maxSurge: 0\n      maxUnavailable: 1' },
      },
      {
        name: 'a DaemonSet that does',
        objects: withHostPort({
          kind: 'DaemonSet',
          spec: 'updateStrategy:\n  rollingUpdate:\n    maxSurge: 10%\n    maxUnavailable: 0',
        }),
        finds: [
          'error host-ports-can-roll "10%" DaemonSet shop/web needs ports of its node, and its rollout starts 10% more before any ends → Set updateStrategy.rollingUpdate to maxSurge: 0 and maxUnavailable: 1.',
        ],
        remedied: { 'maxSurge: 10%\n      maxUnavailable: 0': 'maxSurge: 0\n      maxUnavailable: 1' },
      },
    ],
    {
      'a DaemonSet as Kubernetes has it': withHostPort({ kind: 'DaemonSet' }),
      'a Deployment that may end one first': withHostPort({}),
      'a Deployment that is made anew': withHostPort({ spec: 'strategy:\n  type: Recreate' }),
    },
  );
});

describe('rollout-keeps-serving', () => {
  objectTable(
    rolloutKeepsServing,
    [
      {
        name: 'a Deployment that is made anew',
        objects: stream(balanced, workload({ spec: 'replicas: 2\nstrategy:\n  type: Recreate' })),
        finds: [
          'error rollout-keeps-serving "strategy:" Deployment shop/web ends all its Pods before it starts new ones → Use type: RollingUpdate.',
        ],
        remedied: { 'type: Recreate': 'type: RollingUpdate' },
      },
      {
        name: 'all at once',
        objects: stream(
          balanced,
          workload({ spec: 'replicas: 2\nstrategy:\n  rollingUpdate:\n    maxUnavailable: 100%' }),
        ),
        finds: [
          'error rollout-keeps-serving "100%" Deployment shop/web may end all its Pods at once in a rollout (maxUnavailable: 100%) → Write maxUnavailable: 1.',
        ],
        remedied: { 'maxUnavailable: 100%': 'maxUnavailable: 1' },
      },
      {
        name: 'the only one',
        objects: stream(balanced, workload({ spec: 'strategy:\n  rollingUpdate:\n    maxUnavailable: 1' })),
        finds: [
          'error rollout-keeps-serving "1" Deployment shop/web may end all its Pods at once in a rollout (maxUnavailable: 1) → Write maxUnavailable: 0 and maxSurge: 1, or run more Pods.',
        ],
        remedied: { 'maxUnavailable: 1': 'maxUnavailable: 0\n      maxSurge: 1' },
      },
    ],
    { 'what Kubernetes does by itself': stream(balanced, workload({ spec: 'replicas: 2' })) },
  );
});

describe('autoscaler-has-requests', () => {
  objectTable(
    autoscalerHasRequests,
    [
      {
        name: 'a container without a request',
        objects: stream(autoscaler(2), workload().replace('              cpu: 100m\n', '')),
        finds: [
          'error autoscaler-has-requests "requests:" HorizontalPodAutoscaler shop/web goes by a share of cpu, of which the container app of Deployment shop/web requests none → Give the container a request of cpu.',
        ],
        remedied: { 'requests:\n': 'requests:\n              cpu: 100m\n' },
      },
    ],
    { 'requests of what it goes by': stream(autoscaler(2), workload()) },
  );
});

describe('one-acme-writer', () => {
  const controller = (name: string) =>
    workload({ name }).replace(/registry.test\/\S+/, 'registry.test/acme-controller:1');
  const resolver = 'args:\n  - --certificatesresolvers.le.acme.email=a@example.org\n  - --api';
  objectTable(
    oneAcmeWriter,
    [
      {
        name: 'two controllers',
        objects: stream(controller('one'), controller('two').replace('controller:1', 'controller:2')),
        finds: [
          'error one-acme-writer "two" Deployment shop/two orders certificates, and so does Deployment shop/one → Remove one; for more replicas, raise the number of one of them.',
        ],
        remedied: { 'acme-controller:2': 'other:2' },
      },
      {
        name: 'Traefik’s own resolver on several gateways',
        objects: workload({ spec: 'replicas: 2', container: resolver }),
        finds: [
          'error one-acme-writer "--certificatesresolvers.le.acme.email=a@example.org" the container app of Deployment shop/web orders certificates by itself, in each of its Pods → Remove the certificatesresolvers arguments.',
        ],
        remedied: { '            - --certificatesresolvers.le.acme.email=a@example.org\n': '' },
      },
      {
        name: 'cert-manager beside our controller',
        objects: stream(
          controller('one'),
          object('networking.k8s.io/v1', 'Ingress', 'web', 'spec: {}').replace(
            '  namespace',
            '  annotations:\n    cert-manager.io/cluster-issuer: le\n  namespace',
          ),
        ),
        finds: [
          'error one-acme-writer "cert-manager.io/cluster-issuer: le" Ingress shop/web asks cert-manager for a certificate, beside Deployment shop/one → Remove the annotation cert-manager.io/cluster-issuer.',
        ],
        remedied: { '  annotations:\n    cert-manager.io/cluster-issuer: le\n': '' },
      },
    ],
    { 'a single Traefik with its resolver': workload({ spec: 'replicas: 1', container: resolver }) },
  );
});
