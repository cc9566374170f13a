import type { Environment } from '@gatefleet/environment';
import type { JsonPatch, Patch } from '../patch.ts';

const policy = {
  group: 'admissionregistration.k8s.io',
  kind: 'ValidatingAdmissionPolicy',
  name: 'gatefleet-ingresses',
} as const;

/** Whose hosts are whose, as expressions of the policy that every Ingress has to pass. */
export function admissionPatches({ domains, tenancy, certificates }: Environment['spec']): readonly Patch[] {
  const { challenge, onDemand } = certificates;
  const owners = tenancy.flatMap((entry) => entry.domains.map((domain) => `'${domain}': ${listOf(entry.namespaces)}`));
  const hasWildcards = challenge.type !== 'http-01' || onDemand !== undefined;
  return [
    {
      kind: 'json',
      fields: ['spec.domains', 'spec.tenancy', 'spec.certificates.challenge.type', 'spec.certificates.onDemand'],
      purpose: 'hosts',
      target: policy,
      values: [
        variable('domains', listOf(domains)),
        variable('tenancy', `{${owners.join(', ')}}`),
        variable('wildcards', String(hasWildcards)),
      ],
    },
  ];
}

/** Which Ingresses the policy is about. */
export function admissionIngressClass(ingressClass: string, fields: readonly string[]): Patch {
  const expression = `object.spec.?ingressClassName.orValue(object.metadata.?annotations['kubernetes.io/ingress.class'].orValue('')) == '${ingressClass}'`;
  return {
    kind: 'json',
    fields,
    purpose: 'ingress-class',
    target: policy,
    values: [
      { path: ['spec', 'matchConditions', { item: ['name'], is: 'our-class' }, 'expression'], value: expression },
    ],
  };
}

function variable(name: string, expression: string): JsonPatch['values'][number] {
  return { path: ['spec', 'variables', { item: ['name'], is: name }, 'expression'], value: expression };
}

/** Names have no quotes in them: the schema sees to it. */
function listOf(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(', ')}]`;
}
