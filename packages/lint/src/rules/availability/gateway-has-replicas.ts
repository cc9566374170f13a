import { gatewaysOf } from '../../input/gateway.ts';
import { autoscalerOf, leastReplicas } from '../../input/scale.ts';
import type { BuildRule } from '../../rule.ts';

export const gatewayHasReplicas: BuildRule = {
  id: 'gateway-has-replicas',
  group: 'availability',
  scope: 'build',
  severity: 'warning',
  summary: 'A single Pod that takes the traffic from outside.',
  why: 'Its node’s end, an eviction or a rollout is an outage.',
  remedy: 'Run at least two.',
  *check(input) {
    for (const workload of gatewaysOf(input)) {
      const replicas = leastReplicas(input, workload);
      if (!['Deployment', 'StatefulSet'].includes(workload.kind) || replicas === undefined || replicas > 1) continue;
      const autoscaler = autoscalerOf(input, workload);
      yield {
        message: `${workload.title} takes traffic from outside with ${replicas === 1 ? 'one Pod' : 'no Pod'}`,
        position:
          autoscaler === undefined
            ? workload.object.positionOf(['spec', 'replicas'])
            : autoscaler.positionOf(['spec', 'minReplicas']),
        remedy: autoscaler === undefined ? 'Set replicas to at least 2.' : 'Set minReplicas to at least 2.',
        object: workload.object.id,
      };
    }
  },
};
