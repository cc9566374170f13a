import { isMapping } from './kustomization.ts';

/** Who a Kubernetes object is. */
export interface ObjectId {
  readonly apiVersion: string;
  readonly kind: string;
  /** Undefined where none is written; that is `default` for a namespaced kind. */
  readonly namespace: string | undefined;
  readonly name: string;
}

export function objectIdOf(object: Readonly<Record<string, unknown>>): ObjectId {
  const metadata = isMapping(object['metadata']) ? object['metadata'] : {};
  return {
    apiVersion: textOf(object['apiVersion']),
    kind: textOf(object['kind']),
    namespace: typeof metadata['namespace'] === 'string' ? metadata['namespace'] : undefined,
    name: textOf(metadata['name']),
  };
}

/** `Deployment gatefleet/traefik`: how an object is written for people. */
export function formatObjectId({ kind, namespace, name }: ObjectId): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}

export function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}

/**
 * Kinds without a namespace that kustomize knows, from the API of Kubernetes 1.21.
 *
 * @see https://github.com/kubernetes-sigs/kustomize/blob/kyaml/v0.21.1/kyaml/openapi/openapi.go (`IsCertainlyClusterScoped`)
 */
const knownClusterScoped = new Set([
  'APIService',
  'CSIDriver',
  'CSINode',
  'CertificateSigningRequest',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'FlowSchema',
  'IngressClass',
  'MutatingWebhookConfiguration',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PriorityClass',
  'PriorityLevelConfiguration',
  'RuntimeClass',
  'StorageClass',
  'ValidatingWebhookConfiguration',
  'VolumeAttachment',
]);

/**
 * Those that came later. kustomize takes them for namespaced and writes a namespace into them, which the API server takes out again.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/ (`kubectl api-resources --namespaced=false`)
 */
const newerClusterScoped = new Set([
  'ClusterTrustBundle',
  'DeviceClass',
  'IPAddress',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'ResourceSlice',
  'ServiceCIDR',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'VolumeAttributesClass',
]);

/** Whether objects of a kind of Kubernetes itself have no namespace; any other kind counts as namespaced. */
export function isClusterScoped(kind: string): boolean {
  return knownClusterScoped.has(kind) || newerClusterScoped.has(kind);
}

/** Whether kustomize leaves a kind without a namespace. */
export function staysUnnamespaced(kind: string): boolean {
  return knownClusterScoped.has(kind);
}

/** What kustomize compares: a namespaced object without a namespace is in `default`. */
export function effectiveNamespace({ kind, namespace }: ObjectId): string {
  return staysUnnamespaced(kind) ? '' : (namespace ?? 'default');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
