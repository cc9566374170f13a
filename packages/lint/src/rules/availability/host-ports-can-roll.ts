import { mappingOf } from '../../mapping.ts';
import { hasHostPorts } from '../../input/gateway.ts';
import type { BuildRule } from '../../rule.ts';

export const hostPortsCanRoll: BuildRule = {
  id: 'host-ports-can-roll',
  group: 'availability',
  scope: 'build',
  severity: 'error',
  summary: 'A rollout that starts a new Pod before an old one ends, of Pods that need the same port of a node.',
  why: 'The new Pod never fits on a node where an old one is: with a Pod on every node the rollout stands still for ever.',
  remedy: 'Set maxSurge: 0 and maxUnavailable: 1.',
  *check({ objects }) {
    for (const workload of objects.workloads()) {
      if (!hasHostPorts(workload)) continue;
      const strategyField = workload.kind === 'DaemonSet' ? 'updateStrategy' : 'strategy';
      if (workload.kind !== 'DaemonSet' && workload.kind !== 'Deployment') continue;
      const strategy = mappingOf(mappingOf(workload.object.object['spec'])[strategyField]);
      if (strategy['type'] === 'Recreate' || strategy['type'] === 'OnDelete') continue;
      const rolling = mappingOf(strategy['rollingUpdate']);
      // Kubernetes' own values, where none are written.
      const surge: unknown = rolling['maxSurge'] ?? (workload.kind === 'DaemonSet' ? 0 : '25%');
      const unavailable = rolling['maxUnavailable'] ?? (workload.kind === 'DaemonSet' ? 1 : '25%');
      const isNone = (value: unknown) => value === 0 || value === '0%' || value === '0';
      if (isNone(surge) || (workload.kind === 'Deployment' && !isNone(unavailable))) continue;
      yield {
        message: `${workload.title} needs ports of its node, and its rollout starts ${typeof surge === 'string' ? surge : Number(surge)} more before any ends`,
        position: workload.object.positionOf(['spec', strategyField, 'rollingUpdate', 'maxSurge']),
        remedy: `Set ${strategyField}.rollingUpdate to maxSurge: 0 and maxUnavailable: 1.`,
        object: workload.object.id,
      };
    }
  },
};
