import { formatObjectId } from '@gatefleet/kustomize';
import { mappingOf } from '../../mapping.ts';
import { selectedWorkloads, selects } from '../../input/label-selector.ts';
import { countOf, leastReplicas } from '../../input/scale.ts';
import type { BuildRule } from '../../rule.ts';

export const budgetAllowsEviction: BuildRule = {
  id: 'budget-allows-eviction',
  group: 'availability',
  scope: 'build',
  severity: 'error',
  summary: 'A PodDisruptionBudget that never lets a Pod be evicted.',
  why: 'No node can be drained: an upgrade of the cluster stops at the first one.',
  remedy: 'Let at least one Pod go: maxUnavailable: 1, or a minAvailable below the least number of Pods.',
  *check(input) {
    for (const budget of input.objects.ofKind('PodDisruptionBudget')) {
      const { selector, minAvailable, maxUnavailable } = mappingOf(budget.object['spec']);
      const [workload] = selectedWorkloads(input, budget.id.namespace, (labels) => selects(selector, labels));
      const replicas = workload === undefined ? undefined : leastReplicas(input, workload);
      if (workload === undefined || replicas === undefined) continue;
      const least = countOf(minAvailable, replicas, 'up');
      const gone = countOf(maxUnavailable, replicas, 'up') ?? (least === undefined ? undefined : replicas - least);
      if (gone === undefined || gone > 0) continue;
      const field = maxUnavailable === undefined ? 'minAvailable' : 'maxUnavailable';
      yield {
        message: `${formatObjectId(budget.id)} lets none of the ${replicas} Pods of ${workload.title} be evicted`,
        position: budget.positionOf(['spec', field]),
        remedy:
          replicas > 1 ? 'Write maxUnavailable: 1 in its place.' : 'Run at least two Pods, with maxUnavailable: 1.',
        object: budget.id,
      };
    }
  },
};
