import type { Path } from '@gatefleet/kustomize';
import { listOf, mappingOf } from '../mapping.ts';
import type { Workload } from './workload.ts';

const hostname = 'kubernetes.io/hostname';

/** The only nodes that Pods may run on, and where that is said. */
export interface NamedNodes {
  readonly names: readonly string[];
  readonly path: Path;
}

/** Nodes that a workload's Pods are kept to by name; undefined where other labels, or nothing, decide. */
export function namedNodes({ podSpec, podSpecPath }: Workload): NamedNodes | undefined {
  const selected = mappingOf(podSpec['nodeSelector'])[hostname];
  if (typeof selected === 'string') return { names: [selected], path: [...podSpecPath, 'nodeSelector', hostname] };
  const affinity = ['affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms'];
  const terms = listOf(affinity.reduce<unknown>((value, step) => mappingOf(value)[step], podSpec)).map(namesIn);
  // One term that holds is enough, so one without names lets in any node.
  if (terms.length === 0 || terms.includes(undefined)) return undefined;
  return { names: [...new Set(terms.flatMap((names) => names ?? []))], path: [...podSpecPath, ...affinity] };
}

function namesIn(term: unknown): readonly string[] | undefined {
  const byName = listOf(mappingOf(term)['matchExpressions'])
    .map(mappingOf)
    .find(({ key, operator }) => key === hostname && operator === 'In');
  return byName === undefined ? undefined : listOf(byName['values']).map(String);
}
