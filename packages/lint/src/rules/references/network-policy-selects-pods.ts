import { formatObjectId } from '@gatefleet/kustomize';
import { selectedWorkloads, selects } from '../../input/label-selector.ts';
import { isParticular } from '../../input/network-policy.ts';
import { mappingOf } from '../../mapping.ts';
import type { BuildRule } from '../../rule.ts';

const remedy = 'Give podSelector labels that the Pod template has, or remove the policy.';

export const networkPolicySelectsPods: BuildRule = {
  id: 'network-policy-selects-pods',
  group: 'references',
  scope: 'build',
  severity: 'error',
  summary: 'A NetworkPolicy that selects no Pods of what is deployed with it.',
  why: 'It closes nothing and opens nothing: the Pods that it is meant for are as they were without it.',
  remedy,
  *check(input) {
    for (const policy of input.objects.ofKind('NetworkPolicy')) {
      const { podSelector } = mappingOf(policy.object['spec']);
      if (!isParticular(podSelector)) continue;
      if (selectedWorkloads(input, policy.id.namespace, (labels) => selects(podSelector, labels)).length > 0) continue;
      yield {
        message: `${formatObjectId(policy.id)} selects no Pods`,
        position: policy.positionOf(['spec', 'podSelector'], { atKey: true }),
        remedy,
        object: policy.id,
      };
    }
  },
};
