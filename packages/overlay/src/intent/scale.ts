import type { Environment } from '@gatefleet/environment';

export type Gateway = Environment['spec']['gateway'];

/** How many gateways there are, and who decides. */
export type Scale =
  | { readonly kind: 'fixed'; readonly replicas: number }
  | { readonly kind: 'autoscaled'; readonly autoscaling: NonNullable<Gateway['autoscaling']> }
  | { readonly kind: 'everyNode' };

/** Gateways of an environment that does not say how many: one may fail while another is replaced. */
const defaultReplicas = 3;

export function scaleOf({ workload, replicas, autoscaling }: Gateway): Scale {
  if (workload === 'DaemonSet') return { kind: 'everyNode' };
  if (autoscaling === undefined) return { kind: 'fixed', replicas: replicas ?? defaultReplicas };
  return { kind: 'autoscaled', autoscaling };
}
