import type { Environment } from '@gatefleet/environment';
import type { Manifest } from '../base.ts';
import type { Patch } from '../patch.ts';

type Gateway = Environment['spec']['gateway'];

/** How many gateways there are, and who decides. */
export type Scale =
  | { readonly kind: 'fixed'; readonly replicas: number }
  | { readonly kind: 'autoscaled'; readonly min: number; readonly max: number; readonly cpuPercent: number }
  | { readonly kind: 'everyNode' };

/** Gateways of an environment that does not say how many: one may fail while another is replaced. */
const defaultReplicas = 3;

export function scaleOf({ workload, replicas, autoscaling }: Gateway): Scale {
  if (workload === 'DaemonSet') return { kind: 'everyNode' };
  if (autoscaling === undefined) return { kind: 'fixed', replicas: replicas ?? defaultReplicas };
  return { kind: 'autoscaled', min: autoscaling.min, max: autoscaling.max, cpuPercent: autoscaling.cpu };
}

/** Components of base/components that this scale needs. */
export function componentsOf(scale: Scale): readonly string[] {
  switch (scale.kind) {
    case 'everyNode':
      return ['daemonset'];
    case 'autoscaled':
      return ['autoscaling'];
    case 'fixed':
      return [];
  }
}

export function gatewayPatches(gateway: Gateway): readonly Patch[] {
  const scale = scaleOf(gateway);
  return [resources(gateway), exposure(gateway.exposure), ...(scale.kind === 'autoscaled' ? [autoscaling(scale)] : [])];
}

function resources({ workload, resources: { requests, limits } }: Gateway): Patch {
  return {
    kind: 'merge',
    fields: ['spec.gateway.resources'],
    purpose: 'resources',
    wanted: {
      apiVersion: 'apps/v1',
      kind: workload,
      metadata: { name: 'traefik' },
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'traefik',
                resources: {
                  requests: { cpu: requests.cpu, memory: requests.memory },
                  limits: { memory: limits.memory },
                },
              },
            ],
          },
        },
      },
    },
  };
}

function exposure({ type, annotations, sourceRanges, nodePorts }: Gateway['exposure']): Patch {
  const port = (number: number, nodePort: number): Manifest => ({ port: number, protocol: 'TCP', nodePort });
  return {
    kind: 'merge',
    fields: ['spec.gateway.exposure'],
    purpose: 'exposure',
    wanted: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'traefik', annotations: sorted(annotations) },
      spec: {
        type,
        loadBalancerSourceRanges: sourceRanges,
        ...(nodePorts !== undefined && { ports: [port(80, nodePorts.http), port(443, nodePorts.https)] }),
      },
    },
  };
}

function autoscaling({ min, max, cpuPercent }: Scale & { kind: 'autoscaled' }): Patch {
  return {
    kind: 'merge',
    fields: ['spec.gateway.autoscaling'],
    purpose: 'autoscaling',
    wanted: {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'traefik' },
      spec: {
        minReplicas: min,
        maxReplicas: max,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpuPercent } },
          },
        ],
      },
    },
  };
}

function sorted(mapping: Readonly<Record<string, string>>): Manifest {
  return Object.fromEntries(Object.entries(mapping).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
