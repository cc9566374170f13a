import { listOf, mappingOf, type Mapping } from '../../mapping.ts';
import type { Workload } from '../../input/workload.ts';
import type { BuildRule } from '../../rule.ts';

interface Demand {
  readonly field: string;
  readonly isMet: (container: Mapping, pod: Mapping) => boolean;
}

/** What the Pod Security Standard `restricted` asks for, and a read-only root. @see https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
const demands: readonly Demand[] = [
  {
    field: 'runAsNonRoot: true',
    isMet: (container, pod) => (container['runAsNonRoot'] ?? pod['runAsNonRoot']) === true,
  },
  { field: 'allowPrivilegeEscalation: false', isMet: (container) => container['allowPrivilegeEscalation'] === false },
  { field: 'readOnlyRootFilesystem: true', isMet: (container) => container['readOnlyRootFilesystem'] === true },
  {
    field: 'capabilities.drop: [ALL]',
    isMet: (container) => listOf(mappingOf(container['capabilities'])['drop']).includes('ALL'),
  },
  {
    field: 'seccompProfile.type: RuntimeDefault',
    isMet: (container, pod) =>
      ['RuntimeDefault', 'Localhost'].includes(
        String(mappingOf(container['seccompProfile'] ?? pod['seccompProfile'])['type']),
      ),
  },
];

export const podIsConfined: BuildRule = {
  id: 'pod-is-confined',
  group: 'security',
  scope: 'build',
  severity: 'warning',
  summary:
    'A container that may be root, gain rights, write to its root file system, or has capabilities or system calls that it need not have.',
  why: 'A hole in the program is then a hole in the node.',
  remedy: 'Write the missing fields into its securityContext.',
  *check({ objects }) {
    for (const workload of objects.workloads()) {
      const pod = mappingOf(workload.podSpec['securityContext']);
      for (const { container, path, name } of workload.containers) {
        const context = mappingOf(container['securityContext']);
        const missing = demands.filter(({ isMet }) => !isMet(context, pod)).map(({ field }) => field);
        if (missing.length === 0) continue;
        yield {
          message: `the container ${name} of ${workload.title} is without ${missing.join(', ')}`,
          position: placeOf(workload, path),
          remedy: `Add to its securityContext: ${missing.join(', ')}.`,
          object: workload.object.id,
        };
      }
    }
  },
};

function placeOf({ object }: Workload, path: readonly (string | number)[]) {
  return object.positionOf([...path, 'securityContext'], { atKey: true });
}
