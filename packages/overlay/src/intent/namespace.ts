import type { Manifest } from '../manifest.ts';
import type { Patch } from '../patch.ts';
import { admissionIngressClass } from './admission.ts';
import { ingressClassArgument } from './gateway-arguments.ts';

/** Where the base lives. */
export const baseNamespace = 'gatefleet';

const fields = ['spec.namespace'];
const rbac = 'rbac.authorization.k8s.io/v1';

/**
 * Names of what has no namespace. Two environments in one cluster are told apart by their namespaces, so in any but the base's own these
 * objects carry its name. Only the base's own class is the cluster's default: there can be one.
 */
export function namespacePatches(namespace: string, workload: string): readonly Patch[] {
  if (namespace === baseNamespace) return [];
  const named = (apiVersion: string, kind: string, name: string, metadata: Manifest = {}): Patch => ({
    kind: 'merge',
    fields,
    purpose: `${kind.toLowerCase()}-name`,
    wanted: { apiVersion, kind, metadata: { name, ...metadata } },
    rename: `${name}-${namespace}`,
  });
  const ingressClass = `traefik-${namespace}`;
  return [
    ...['gatefleet-acme-controller', 'gatefleet-traefik'].flatMap((name) =>
      ['ClusterRole', 'ClusterRoleBinding'].map((kind) => named(rbac, kind, name)),
    ),
    named('networking.k8s.io/v1', 'IngressClass', 'traefik', {
      annotations: { 'ingressclass.kubernetes.io/is-default-class': 'false' },
    }),
    ...['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'].map((kind) =>
      named('admissionregistration.k8s.io/v1', kind, 'gatefleet-ingresses'),
    ),
    admissionIngressClass(ingressClass, fields),
    controllerIngressClass(ingressClass),
    ingressClassArgument(workload, ingressClass, fields),
  ];
}

function controllerIngressClass(ingressClass: string): Patch {
  const env = [{ name: 'GATEFLEET_INGRESS_CLASS', value: ingressClass }];
  return {
    kind: 'merge',
    fields,
    purpose: 'ingress-class',
    additions: ['env'],
    wanted: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'acme-controller' },
      spec: { template: { spec: { containers: [{ name: 'controller', env }] } } },
    },
  };
}
