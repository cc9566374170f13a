import { mappingOf } from '../../mapping.ts';
import { portNamesOf } from '../../input/ports.ts';
import type { BuildRule } from '../../rule.ts';

const probes = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;
const handlers = ['httpGet', 'tcpSocket', 'grpc'] as const;

export const probePortExists: BuildRule = {
  id: 'probe-port-exists',
  group: 'references',
  scope: 'build',
  severity: 'error',
  summary: 'A probe of a port name that the container does not have.',
  why: 'The probe always fails: the Pod is never ready, or is killed again and again.',
  remedy: 'Use the name of one of the container’s ports, or its number.',
  *check({ objects }) {
    for (const { object, containers, title } of objects.workloads()) {
      for (const { container, path, name } of containers) {
        const names = portNamesOf(container);
        for (const probe of probes) {
          for (const handler of handlers) {
            const { port } = mappingOf(mappingOf(container[probe])[handler]);
            if (typeof port !== 'string' || names.includes(port)) continue;
            yield {
              message: `the ${probe} of the container ${name} of ${title} asks the port ${port}, which it does not have`,
              position: object.positionOf([...path, probe, handler, 'port']),
              remedy: `Use one that it has: ${names.join(', ') || 'it names none'}.`,
              object: object.id,
            };
          }
        }
      }
    }
  },
};
