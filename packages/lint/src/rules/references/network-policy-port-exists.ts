import { formatObjectId } from '@gatefleet/kustomize';
import type { BuildInput } from '../../input/build-input.ts';
import { selectedWorkloads, selects } from '../../input/label-selector.ts';
import { policyRulesOf, type PolicyRule } from '../../input/network-policy.ts';
import { portNamesOf } from '../../input/ports.ts';
import type { Workload } from '../../input/workload.ts';
import { mappingOf } from '../../mapping.ts';
import type { BuildRule } from '../../rule.ts';

export const networkPolicyPortExists: BuildRule = {
  id: 'network-policy-port-exists',
  group: 'references',
  scope: 'build',
  severity: 'error',
  summary: 'A NetworkPolicy with the name of a port that the Pods it is about do not have.',
  why: 'The name stands for no port: what it is meant to let through times out.',
  remedy: 'Use the name of a port of the container that is connected to, or its number.',
  *check(input) {
    for (const policy of input.objects.ofKind('NetworkPolicy')) {
      const { podSelector } = mappingOf(policy.object['spec']);
      const own = selectedWorkloads(input, policy.id.namespace, (labels) => selects(podSelector, labels));
      for (const rule of policyRulesOf(policy)) {
        const connectedTo = rule.direction === 'ingress' ? own : peersOf(rule, input, policy.id.namespace);
        if (connectedTo === undefined || connectedTo.length === 0) continue;
        const names = new Set(
          connectedTo.flatMap(({ containers }) => containers.flatMap(({ container }) => portNamesOf(container))),
        );
        for (const { value, path } of rule.ports) {
          const { port } = value;
          if (typeof port !== 'string' || names.has(port)) continue;
          const there = [...names].toSorted().join(', ');
          yield {
            message: `${formatObjectId(policy.id)} names the port ${port}, which its Pods do not have`,
            position: policy.positionOf([...path, 'port']),
            remedy:
              there === '' ? `Name a port of the container ${port}.` : `Use one of the ports that are there: ${there}.`,
            object: policy.id,
          };
        }
      }
    }
  },
};

/** Where a rule leads to; undefined where that is not all in its own namespace, and so not all known. */
function peersOf(
  { peers }: PolicyRule,
  input: BuildInput,
  namespace: string | undefined,
): readonly Workload[] | undefined {
  if (
    peers.length === 0 ||
    peers.some(({ value }) => value['podSelector'] === undefined || 'namespaceSelector' in value)
  )
    return undefined;
  return peers.flatMap(({ value }) =>
    selectedWorkloads(input, namespace, (labels) => selects(value['podSelector'], labels)),
  );
}
