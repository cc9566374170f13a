import { formatObjectId } from '@gatefleet/kustomize';
import { selectedWorkloads, selects } from '../../input/label-selector.ts';
import { isParticular, policyRulesOf } from '../../input/network-policy.ts';
import type { BuildRule } from '../../rule.ts';

const remedy =
  'Give the selector labels that the other Pods have, or a namespaceSelector if they are in another namespace.';

export const networkPolicyPeerExists: BuildRule = {
  id: 'network-policy-peer-exists',
  group: 'references',
  scope: 'build',
  severity: 'warning',
  summary: 'A NetworkPolicy that lets in, or out to, Pods of its own namespace that are not deployed with it.',
  why: 'Nobody is let through: connections that are meant to work time out.',
  remedy,
  *check(input) {
    for (const policy of input.objects.ofKind('NetworkPolicy')) {
      for (const { peers } of policyRulesOf(policy)) {
        for (const { value, path } of peers) {
          const { podSelector, namespaceSelector } = value;
          if (namespaceSelector !== undefined || !isParticular(podSelector)) continue;
          const isSelected = (labels: Readonly<Record<string, unknown>>) => selects(podSelector, labels);
          if (selectedWorkloads(input, policy.id.namespace, isSelected).length > 0) continue;
          yield {
            message: `${formatObjectId(policy.id)} names Pods that are not there`,
            position: policy.positionOf([...path, 'podSelector'], { atKey: true }),
            remedy,
            object: policy.id,
          };
        }
      }
    }
  },
};
