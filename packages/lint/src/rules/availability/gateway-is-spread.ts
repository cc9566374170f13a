import { gatewaysOf } from '../../input/gateway.ts';
import { leastReplicas } from '../../input/scale.ts';
import { isSpread } from '../../input/spread.ts';
import type { BuildRule } from '../../rule.ts';

export const gatewayIsSpread: BuildRule = {
  id: 'gateway-is-spread',
  group: 'availability',
  scope: 'build',
  severity: 'warning',
  summary: 'Several Pods for traffic from outside that nothing keeps on different nodes.',
  why: 'They may all run on one node, and end with it.',
  remedy: 'Add a topologySpreadConstraint on kubernetes.io/hostname.',
  *check(input) {
    for (const workload of gatewaysOf(input)) {
      const replicas = leastReplicas(input, workload);
      if (replicas === undefined || replicas < 2 || isSpread(workload, 'preferred')) continue;
      yield {
        message: `nothing keeps the Pods of ${workload.title} on different nodes`,
        position: workload.object.positionOf(workload.podSpecPath, { atKey: true }),
        remedy: 'Add a topologySpreadConstraint of its own Pods on kubernetes.io/hostname.',
        object: workload.object.id,
      };
    }
  },
};
