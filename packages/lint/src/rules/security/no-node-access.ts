import { listOf, mappingOf } from '../../mapping.ts';
import type { BuildRule } from '../../rule.ts';

const shared = ['hostNetwork', 'hostPID', 'hostIPC'] as const;

export const noNodeAccess: BuildRule = {
  id: 'no-node-access',
  group: 'security',
  scope: 'build',
  severity: 'error',
  summary: 'A Pod with a folder of its node, a namespace of its node, or a privileged container.',
  why: 'Whoever gets into the container has the node, and with it every Secret there.',
  remedy: 'Use a volume, a Service or a hostPort; where it must be, waive it with the reason.',
  *check({ objects }) {
    for (const { object, title, podSpec, podSpecPath, containers } of objects.workloads()) {
      for (const field of shared.filter((each) => podSpec[each] === true)) {
        yield {
          message: `${title} has ${field}: true`,
          position: object.positionOf([...podSpecPath, field], { atKey: true }),
          remedy: field === 'hostNetwork' ? 'Remove it; a hostPort opens a single port of the node.' : 'Remove it.',
          object: object.id,
        };
      }
      for (const [index, volume] of listOf(podSpec['volumes']).entries()) {
        const { hostPath, name } = mappingOf(volume);
        if (hostPath === undefined) continue;
        yield {
          message: `${title} mounts the node’s ${String(mappingOf(hostPath)['path'])} as ${String(name)}`,
          position: object.positionOf([...podSpecPath, 'volumes', index, 'hostPath'], { atKey: true }),
          remedy: 'Use an emptyDir, a ConfigMap or a PersistentVolumeClaim.',
          object: object.id,
        };
      }
      for (const { container, path, name } of containers) {
        if (mappingOf(container['securityContext'])['privileged'] !== true) continue;
        yield {
          message: `the container ${name} of ${title} is privileged`,
          position: object.positionOf([...path, 'securityContext', 'privileged'], { atKey: true }),
          remedy: 'Remove privileged, and add the one capability that it needs.',
          object: object.id,
        };
      }
    }
  },
};
