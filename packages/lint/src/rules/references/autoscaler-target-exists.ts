import { formatObjectId } from '@gatefleet/kustomize';
import { mappingOf } from '../../mapping.ts';
import type { BuildRule } from '../../rule.ts';

export const autoscalerTargetExists: BuildRule = {
  id: 'autoscaler-target-exists',
  group: 'references',
  scope: 'build',
  severity: 'error',
  summary: 'A HorizontalPodAutoscaler of something that is not deployed with it.',
  why: 'Nothing is scaled, under any load.',
  remedy: 'Name a workload that is there, or remove the autoscaler.',
  *check({ objects }) {
    for (const autoscaler of objects.ofKind('HorizontalPodAutoscaler')) {
      const { kind, name } = mappingOf(mappingOf(autoscaler.object['spec'])['scaleTargetRef']);
      if (typeof kind !== 'string' || typeof name !== 'string') continue;
      if (objects.get(kind, autoscaler.id.namespace, name) !== undefined) continue;
      const other = objects
        .workloads()
        .find(({ object, namespace }) => object.id.name === name && namespace === autoscaler.id.namespace);
      yield {
        message: `${formatObjectId(autoscaler.id)} scales the ${kind} ${name}, which is not there${other === undefined ? '' : `: it is a ${other.kind}`}`,
        position: autoscaler.positionOf(['spec', 'scaleTargetRef'], { atKey: true }),
        remedy:
          other?.kind === 'DaemonSet'
            ? 'Remove the autoscaler: a DaemonSet has a Pod on every node.'
            : 'Name a workload that is there, or remove the autoscaler.',
        object: autoscaler.id,
      };
    }
  },
};
