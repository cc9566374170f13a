import { formatObjectId } from '@gatefleet/kustomize';
import { listOf, mappingOf } from '../../mapping.ts';
import { portNamesOf } from '../../input/ports.ts';
import { workloadsBehind } from '../../input/label-selector.ts';
import type { BuildRule } from '../../rule.ts';

export const servicePortExists: BuildRule = {
  id: 'service-port-exists',
  group: 'references',
  scope: 'build',
  severity: 'error',
  summary: 'A Service whose targetPort is a name that the Pods behind it do not have.',
  why: 'The port has no endpoints: connections to it are refused.',
  remedy: 'Use the name of a port of the container, or its number.',
  *check(input) {
    for (const service of input.objects.ofKind('Service')) {
      const behind = workloadsBehind(input, service);
      if (behind.length === 0) continue;
      const names = new Set(
        behind.flatMap(({ containers }) => containers.flatMap(({ container }) => portNamesOf(container))),
      );
      for (const [index, port] of listOf(mappingOf(service.object['spec'])['ports']).entries()) {
        const { targetPort } = mappingOf(port);
        if (typeof targetPort !== 'string' || names.has(targetPort)) continue;
        const there = [...names].toSorted().join(', ');
        yield {
          message: `${formatObjectId(service.id)} leads to the port ${targetPort}, which its Pods do not have`,
          position: service.positionOf(['spec', 'ports', index, 'targetPort']),
          remedy:
            there === ''
              ? `Name a port of the container ${targetPort}.`
              : `Use one of the ports that are there: ${there}.`,
          object: service.id,
        };
      }
    }
  },
};
