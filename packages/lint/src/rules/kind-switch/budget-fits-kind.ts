import { formatObjectId } from '@gatefleet/kustomize';
import { mappingOf } from '../../mapping.ts';
import { selectedWorkloads, selects } from '../../input/label-selector.ts';
import type { BuildRule } from '../../rule.ts';

export const budgetFitsKind: BuildRule = {
  id: 'budget-fits-kind',
  group: 'kind-switch',
  scope: 'build',
  severity: 'error',
  summary: 'A PodDisruptionBudget of a DaemonSet’s Pods with maxUnavailable or a percentage.',
  why: 'How many Pods there should be is not known for them, so nothing may be evicted. See https://kubernetes.io/docs/tasks/run-application/configure-pdb/#arbitrary-controllers-and-selectors',
  remedy: 'Remove the budget: a drain leaves a DaemonSet’s Pods where they are.',
  *check(input) {
    for (const budget of input.objects.ofKind('PodDisruptionBudget')) {
      const { selector, minAvailable, maxUnavailable } = mappingOf(budget.object['spec']);
      if (maxUnavailable === undefined && typeof minAvailable !== 'string') continue;
      const daemonSet = selectedWorkloads(input, budget.id.namespace, (labels) => selects(selector, labels)).find(
        ({ kind }) => kind === 'DaemonSet',
      );
      if (daemonSet === undefined) continue;
      const field = maxUnavailable === undefined ? 'minAvailable' : 'maxUnavailable';
      yield {
        message: `${formatObjectId(budget.id)} selects Pods of ${daemonSet.title} with ${field}: ${String(maxUnavailable ?? minAvailable)}, which cannot be computed for them`,
        position: budget.positionOf(['spec', field]),
        remedy: 'Remove the budget: a drain leaves a DaemonSet’s Pods where they are.',
        object: budget.id,
      };
    }
  },
};
