import { mappingOf } from '../../mapping.ts';
import { gatewaysOf } from '../../input/gateway.ts';
import { countOf, leastReplicas } from '../../input/scale.ts';
import type { BuildRule } from '../../rule.ts';

export const rolloutKeepsServing: BuildRule = {
  id: 'rollout-keeps-serving',
  group: 'availability',
  scope: 'build',
  severity: 'error',
  summary: 'A rollout that may end all Pods for traffic from outside at once.',
  why: 'Every deployment is an outage.',
  remedy: 'Use a RollingUpdate with a small maxUnavailable.',
  *check(input) {
    for (const workload of gatewaysOf(input)) {
      const field = workload.kind === 'Deployment' ? 'strategy' : 'updateStrategy';
      const strategy = mappingOf(mappingOf(workload.object.object['spec'])[field]);
      const position = workload.object.positionOf(['spec', field], { atKey: true });
      const object = workload.object.id;
      if (strategy['type'] === 'Recreate') {
        yield {
          message: `${workload.title} ends all its Pods before it starts new ones`,
          position,
          remedy: 'Use type: RollingUpdate.',
          object,
        };
        continue;
      }
      const { maxUnavailable } = mappingOf(strategy['rollingUpdate']);
      const replicas = leastReplicas(input, workload) ?? 100;
      const gone = countOf(maxUnavailable, replicas, 'down');
      if (gone === undefined || gone < replicas) continue;
      yield {
        message: `${workload.title} may end all its Pods at once in a rollout (maxUnavailable: ${String(maxUnavailable)})`,
        position: workload.object.positionOf(['spec', field, 'rollingUpdate', 'maxUnavailable']),
        remedy:
          replicas > 1 ? 'Write maxUnavailable: 1.' : 'Write maxUnavailable: 0 and maxSurge: 1, or run more Pods.',
        object,
      };
    }
  },
};
