import { mappingOf } from '../mapping.ts';
import type { BuildInput } from './build-input.ts';
import { workloadsBehind } from './label-selector.ts';
import type { Workload } from './workload.ts';

/** Workloads that take traffic from outside of the cluster: those behind a LoadBalancer or NodePort, and those with ports of the node. */
export function gatewaysOf(input: BuildInput): readonly Workload[] {
  const exposed = input.objects
    .ofKind('Service')
    .filter(({ object }) => ['LoadBalancer', 'NodePort'].includes(String(mappingOf(object['spec'])['type'])))
    .flatMap((service) => workloadsBehind(input, service));
  return [...new Set([...exposed, ...input.objects.workloads().filter(hasHostPorts)])];
}

export function hasHostPorts({ podSpec, containers }: Workload): boolean {
  if (podSpec['hostNetwork'] === true) return true;
  return containers.some(({ container }) => {
    const { ports } = container;
    return Array.isArray(ports) && (ports as unknown[]).some((port) => typeof mappingOf(port)['hostPort'] === 'number');
  });
}
