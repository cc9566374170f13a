import { seconds } from '../seconds.ts';
import type { Rule } from './rule.ts';

const gateway = ['spec', 'gateway'];

export const replicasExcludeAutoscaling: Rule = (draft) => {
  if (draft.at(...gateway, 'replicas') === undefined || draft.at(...gateway, 'autoscaling') === undefined) return [];
  return [
    {
      path: [...gateway, 'replicas'],
      atKey: true,
      message: 'spec.gateway.replicas and spec.gateway.autoscaling exclude each other',
      remedy:
        'Remove replicas to scale by load (autoscaling.min is the fewest), or remove autoscaling for a fixed number.',
    },
  ];
};

export const daemonSetHasNoScale: Rule = (draft) => {
  if (draft.at(...gateway, 'workload') !== 'DaemonSet') return [];
  return ['replicas', 'autoscaling']
    .filter((field) => draft.at(...gateway, field) !== undefined)
    .map((field) => ({
      path: [...gateway, field],
      atKey: true,
      message: `spec.gateway.${field} has no meaning for a DaemonSet, which runs one gateway on every node`,
      remedy: `Remove ${field}, or set spec.gateway.workload to Deployment.`,
    }));
};

export const minAtMostMax: Rule = (draft) => {
  const min = draft.at(...gateway, 'autoscaling', 'min') ?? 3;
  const max = draft.at(...gateway, 'autoscaling', 'max') ?? 12;
  if (draft.at(...gateway, 'autoscaling') === undefined) return [];
  if (typeof min !== 'number' || typeof max !== 'number' || min <= max) return [];
  const path = [...gateway, 'autoscaling', draft.at(...gateway, 'autoscaling', 'min') === undefined ? 'max' : 'min'];
  return [
    {
      path,
      message: `spec.gateway.autoscaling.min (${min}) is above max (${max})`,
      remedy: `Lower min to at most ${max}, or raise max to at least ${min}.`,
    },
  ];
};

/** Kubernetes remembers no more of the load. @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/ (stabilizationWindowSeconds) */
const longestStabilizationSeconds = 3_600;

export const stabilizationIsShort: Rule = (draft) =>
  ['up', 'down'].flatMap((direction) => {
    const path = [...gateway, 'autoscaling', 'stabilization', direction];
    if (!(seconds(String(draft.at(...path))) > longestStabilizationSeconds)) return [];
    const message = `spec.gateway.autoscaling.stabilization.${direction} is longer than an hour, the most that an autoscaler waits`;
    return [{ path, message, remedy: 'Write at most 1h.' }];
  });
