import { formatObjectId } from '@gatefleet/kustomize';
import { listOf, mappingOf } from '../../mapping.ts';
import { autoscalerOf } from '../../input/scale.ts';
import type { BuildRule } from '../../rule.ts';

export const autoscalerHasRequests: BuildRule = {
  id: 'autoscaler-has-requests',
  group: 'availability',
  scope: 'build',
  severity: 'error',
  summary: 'An autoscaler that goes by a share of a request which a container does not make.',
  why: 'The share cannot be computed: nothing is scaled.',
  remedy: 'Give every container a request of that resource.',
  *check(input) {
    for (const workload of input.objects.workloads()) {
      const autoscaler = autoscalerOf(input, workload);
      if (autoscaler === undefined) continue;
      const resources = listOf(mappingOf(autoscaler.object['spec'])['metrics']).flatMap((metric) => {
        const { name, target } = mappingOf(mappingOf(metric)['resource']);
        return mappingOf(target)['type'] === 'Utilization' && typeof name === 'string' ? [name] : [];
      });
      for (const resource of resources) {
        const without = workload.containers.find(
          ({ container, isInit }) =>
            !isInit && mappingOf(mappingOf(container['resources'])['requests'])[resource] === undefined,
        );
        if (without === undefined) continue;
        yield {
          message: `${formatObjectId(autoscaler.id)} goes by a share of ${resource}, of which the container ${without.name} of ${workload.title} requests none`,
          position: workload.object.positionOf([...without.path, 'resources', 'requests'], { atKey: true }),
          remedy: `Give the container a request of ${resource}.`,
          object: workload.object.id,
        };
      }
    }
  },
};
