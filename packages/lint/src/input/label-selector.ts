import { isMapping, listOf, mappingOf } from '../mapping.ts';
import type { BuildInput } from './build-input.ts';
import type { Workload } from './workload.ts';

type Labels = Readonly<Record<string, unknown>>;

/**
 * Whether a LabelSelector selects these labels; an empty one selects all.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/label-selector/
 */
export function selects(selector: unknown, labels: Labels): boolean {
  const { matchLabels, matchExpressions } = mappingOf(selector);
  return (
    selectsAll(mappingOf(matchLabels), labels) &&
    listOf(matchExpressions).every((expression) => !isMapping(expression) || holds(expression, labels))
  );
}

/** Whether all pairs are among the labels. */
export function selectsAll(pairs: Labels, labels: Labels): boolean {
  return Object.entries(pairs).every(([key, value]) => labels[key] === value);
}

function holds({ key, operator, values }: Readonly<Record<string, unknown>>, labels: Labels): boolean {
  const value = labels[String(key)];
  switch (operator) {
    case 'In':
      return listOf(values).includes(value);
    case 'NotIn':
      return !listOf(values).includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return true;
  }
}

/** Workloads of a namespace whose Pods a selector selects. */
export function selectedWorkloads(
  { objects }: BuildInput,
  namespace: string | undefined,
  isSelected: (labels: Labels) => boolean,
): readonly Workload[] {
  return objects
    .workloads()
    .filter((workload) => (workload.namespace ?? '') === (namespace ?? '') && isSelected(workload.podLabels));
}

/** Workloads behind a Service; none for one without a selector. */
export function workloadsBehind(
  input: BuildInput,
  service: { readonly id: { readonly namespace: string | undefined }; readonly object: Labels },
): readonly Workload[] {
  const selector = mappingOf(mappingOf(service.object['spec'])['selector']);
  if (Object.keys(selector).length === 0) return [];
  return selectedWorkloads(input, service.id.namespace, (labels) => selectsAll(selector, labels));
}
