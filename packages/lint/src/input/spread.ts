import { listOf, mappingOf } from '../mapping.ts';
import { selects } from './label-selector.ts';
import type { Workload } from './workload.ts';

const hostname = 'kubernetes.io/hostname';

/** Whether the Pods of a workload are kept apart: on different nodes without fail, or by preference over nodes or zones. */
export function isSpread({ podSpec, podLabels }: Workload, strength: 'required' | 'preferred'): boolean {
  const antiAffinity = mappingOf(mappingOf(podSpec['affinity'])['podAntiAffinity']);
  const required = listOf(antiAffinity['requiredDuringSchedulingIgnoredDuringExecution']).map(mappingOf);
  const preferred = listOf(antiAffinity['preferredDuringSchedulingIgnoredDuringExecution']).map((each) =>
    mappingOf(mappingOf(each)['podAffinityTerm']),
  );
  const constraints = listOf(podSpec['topologySpreadConstraints']).map(mappingOf);
  const isOwn = (term: Readonly<Record<string, unknown>>) => selects(term['labelSelector'], podLabels);
  if (required.some((term) => isOwn(term) && (strength === 'preferred' || term['topologyKey'] === hostname)))
    return true;
  if (strength === 'preferred') return preferred.some(isOwn) || constraints.some(isOwn);
  return constraints.some(
    (each) =>
      isOwn(each) &&
      each['topologyKey'] === hostname &&
      each['whenUnsatisfiable'] !== 'ScheduleAnyway' &&
      // With a skew of two, three nodes may have two Pods, one and none.
      each['maxSkew'] === 1,
  );
}
