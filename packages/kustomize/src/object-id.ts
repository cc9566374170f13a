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
 * Kinds of Kubernetes itself that have no namespace; any other counts as namespaced, as kustomize does it.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/ (`kubectl api-resources --namespaced=false`)
 */
const clusterScoped = new Set([
  'APIService',
  'CSIDriver',
  'CSINode',
  'CertificateSigningRequest',
  'ClusterRole',
  'ClusterRoleBinding',
  'ClusterTrustBundle',
  'CustomResourceDefinition',
  'DeviceClass',
  'FlowSchema',
  'IPAddress',
  'IngressClass',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'MutatingWebhookConfiguration',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PriorityClass',
  'PriorityLevelConfiguration',
  'ResourceSlice',
  'RuntimeClass',
  'ServiceCIDR',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
  'VolumeAttachment',
  'VolumeAttributesClass',
]);

export function isClusterScoped(kind: string): boolean {
  return clusterScoped.has(kind);
}

/** What kustomize compares: a namespaced object without a namespace is in `default`. */
export function effectiveNamespace({ kind, namespace }: ObjectId): string {
  return isClusterScoped(kind) ? '' : (namespace ?? 'default');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
