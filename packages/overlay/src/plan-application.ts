import { followedRevision, type Environment } from '@gatefleet/environment';
import type { Manifest } from './manifest.ts';
import { generatedFile } from './generated-file.ts';
import { scaleOf } from './intent/scale.ts';
import { sourceIntegrity, subscriptions, syncWindows } from './intent/sync.ts';
import type { FilePlan } from './plan-overlay.ts';
import type { OverlayFacts } from './read-facts.ts';

/**
 * What the base and its Components are made of; a project allows these and nothing else. Both workloads and the autoscaler are always
 * among them: Argo CD prunes only what the project allows, and an environment that switches leaves the other one behind.
 */
const clusterKinds = [
  { group: '', kind: 'Namespace' },
  { group: 'admissionregistration.k8s.io', kind: 'ValidatingAdmissionPolicy' },
  { group: 'admissionregistration.k8s.io', kind: 'ValidatingAdmissionPolicyBinding' },
  { group: 'networking.k8s.io', kind: 'IngressClass' },
  { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' },
  { group: 'rbac.authorization.k8s.io', kind: 'ClusterRoleBinding' },
];
const namespacedKinds = [
  { group: '', kind: 'ConfigMap' },
  { group: '', kind: 'PersistentVolumeClaim' },
  { group: '', kind: 'Service' },
  { group: '', kind: 'ServiceAccount' },
  { group: 'apps', kind: 'DaemonSet' },
  { group: 'apps', kind: 'Deployment' },
  { group: 'apps', kind: 'StatefulSet' },
  { group: 'autoscaling', kind: 'HorizontalPodAutoscaler' },
  { group: 'batch', kind: 'CronJob' },
  { group: 'batch', kind: 'Job' },
  { group: 'networking.k8s.io', kind: 'NetworkPolicy' },
  { group: 'policy', kind: 'PodDisruptionBudget' },
  { group: 'rbac.authorization.k8s.io', kind: 'Role' },
  { group: 'rbac.authorization.k8s.io', kind: 'RoleBinding' },
];

const applicationFields = [
  'spec.sync',
  'spec.promotion',
  'spec.cluster',
  'spec.namespace',
  'spec.components',
  'metadata.name',
];
const projectFields = ['spec.sync', 'spec.cluster', 'spec.namespace', 'spec.monitoring.podMonitors', 'metadata.name'];

const monitoringKinds = ['PodMonitor', 'PrometheusRule'].map((kind) => ({ group: 'monitoring.coreos.com', kind }));

/** What the environment's Argo CD is pointed at once, by path inside apps/argocd/<environment>/. */
export function planApplication(environment: Environment, facts: OverlayFacts): FilePlan {
  const { name } = environment.metadata;
  const source = `../../../overlays/${name}/environment.yaml`;
  const file = (fields: readonly string[], content: Manifest) =>
    generatedFile({ source, fields, command: `gatefleet generate ${name}` }, content);
  return new Map([
    ['application.yaml', file(applicationFields, application(environment, facts))],
    ['appproject.yaml', file(projectFields, project(environment))],
    [
      'kustomization.yaml',
      file(['metadata.name'], {
        apiVersion: 'kustomize.config.k8s.io/v1beta1',
        kind: 'Kustomization',
        resources: ['appproject.yaml', 'application.yaml'],
      }),
    ],
  ]);
}

function project({ metadata, spec }: Environment): Manifest {
  const windows = syncWindows(spec.sync, metadata.name);
  const integrity = sourceIntegrity(spec.sync);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: metadata.name, namespace: 'argocd' },
    spec: {
      description: `The gateways of the environment ${metadata.name}`,
      sourceRepos: [spec.sync.repository],
      destinations: [destination(spec)],
      clusterResourceWhitelist: clusterKinds,
      namespaceResourceWhitelist: [...namespacedKinds, ...(spec.monitoring.podMonitors ? monitoringKinds : [])],
      ...(windows.length > 0 && { syncWindows: windows }),
      ...(integrity && { sourceIntegrity: integrity }),
    },
  };
}

function application({ metadata, spec }: Environment, { dependencies }: OverlayFacts): Manifest {
  const autoscaled = scaleOf(spec.gateway).kind === 'autoscaled';
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: metadata.name,
      namespace: 'argocd',
      // By which apps/self-heal knows it.
      labels: { 'app.kubernetes.io/part-of': 'gatefleet' },
      annotations: {
        'argocd.argoproj.io/compare-options': 'ServerSideDiff=true',
        // A commit that touches none of these leaves what was rendered before valid.
        'argocd.argoproj.io/manifest-generate-paths': ['.', '/base', ...dependencies.map((path) => `/${path}`)].join(
          ';',
        ),
        ...subscriptions(spec.sync),
      },
    },
    spec: {
      project: metadata.name,
      source: {
        repoURL: spec.sync.repository,
        targetRevision: followedRevision({ metadata, spec }),
        path: `overlays/${metadata.name}`,
      },
      destination: destination(spec),
      syncPolicy: {
        ...(spec.sync.automated && { automated: { prune: spec.sync.prune, selfHeal: spec.sync.selfHeal } }),
        // Pruning last: when a Deployment becomes a DaemonSet, the old gateways go when the new ones serve.
        syncOptions: [
          'ServerSideApply=true',
          'PruneLast=true',
          ...(autoscaled ? ['RespectIgnoreDifferences=true'] : []),
        ],
        retry: { limit: 10, refresh: true, backoff: { duration: '2s', factor: 2, maxDuration: '1m' } },
      },
      ...(autoscaled && {
        ignoreDifferences: [{ group: 'apps', kind: 'Deployment', name: 'traefik', jsonPointers: ['/spec/replicas'] }],
      }),
    },
  };
}

/** The cluster that Argo CD itself runs in has a fixed address; it need not be registered under a name. */
function destination({ cluster: { name }, namespace }: Environment['spec']): Manifest {
  const cluster: Manifest = name === 'in-cluster' ? { server: 'https://kubernetes.default.svc' } : { name };
  return { ...cluster, namespace };
}
