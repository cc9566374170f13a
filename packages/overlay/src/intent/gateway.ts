import { seconds } from '@gatefleet/environment';
import type { Manifest } from '../manifest.ts';
import type { Patch } from '../patch.ts';
import { argumentPatches } from './gateway-arguments.ts';
import { podPatches } from './gateway-pods.ts';
import { middlewarePatches } from './middlewares.ts';
import { scaleOf, type Gateway } from './scale.ts';
import { sorted } from './sorted.ts';

export function gatewayPatches(gateway: Gateway): readonly Patch[] {
  const scale = scaleOf(gateway);
  return [
    ...podPatches(gateway),
    ...argumentPatches(gateway),
    ...middlewarePatches(gateway),
    exposure(gateway.exposure),
    ...(scale.kind === 'autoscaled' ? [autoscaling(scale.autoscaling)] : []),
  ];
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
        type: type === 'HostPorts' ? 'ClusterIP' : type,
        loadBalancerSourceRanges: sourceRanges,
        ...(nodePorts !== undefined && { ports: [port(80, nodePorts.http), port(443, nodePorts.https)] }),
      },
    },
  };
}

function autoscaling({ min, max, cpu, memory, stabilization }: NonNullable<Gateway['autoscaling']>): Patch {
  const metric = (name: string, percent: number): Manifest => ({
    type: 'Resource',
    resource: { name, target: { type: 'Utilization', averageUtilization: percent } },
  });
  const window = (duration: string | undefined): Manifest =>
    duration === undefined ? {} : { stabilizationWindowSeconds: seconds(duration) };
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
        metrics: [metric('cpu', cpu), ...(memory === undefined ? [] : [metric('memory', memory)])],
        behavior: { scaleUp: window(stabilization.up), scaleDown: window(stabilization.down) },
      },
    },
  };
}
