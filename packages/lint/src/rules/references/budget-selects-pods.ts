import { formatObjectId } from '@gatefleet/kustomize';
import { mappingOf } from '../../mapping.ts';
import { selectedWorkloads, selects } from '../../input/label-selector.ts';
import type { BuildRule } from '../../rule.ts';

export const budgetSelectsPods: BuildRule = {
  id: 'budget-selects-pods',
  group: 'references',
  scope: 'build',
  severity: 'error',
  summary: 'A PodDisruptionBudget that selects no Pods of what is deployed with it.',
  why: 'Nothing is protected: a drain may evict all Pods at once.',
  remedy: 'Give the selector labels that the Pod template has, or remove the budget.',
  *check(input) {
    for (const budget of input.objects.ofKind('PodDisruptionBudget')) {
      const { selector } = mappingOf(budget.object['spec']);
      const isSelected = (labels: Readonly<Record<string, unknown>>) => selects(selector, labels);
      if (selector !== undefined && selectedWorkloads(input, budget.id.namespace, isSelected).length > 0) continue;
      yield {
        message: `${formatObjectId(budget.id)} selects no Pods`,
        position: budget.positionOf(['spec', 'selector'], { atKey: true }),
        remedy: 'Give the selector labels that the Pod template has, or remove the budget.',
        object: budget.id,
      };
    }
  },
};
