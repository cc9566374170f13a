import { effectiveNamespace, groupOf, versionOf, type ObjectId } from '../object-id.ts';
import type { TracedResource } from './traced-resource.ts';

/** A patch's `target`. @see https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/ */
export type Selector = Readonly<Record<string, unknown>>;

/** Whether kustomize would select the object: names and namespaces as they were first or as they are now, all as anchored expressions. */
export function selects(selector: Selector, resource: TracedResource): boolean {
  const ids = [resource.originalId, resource.id];
  const some = (field: string, of: (id: ObjectId) => string) => ids.some((id) => matches(selector[field], of(id)));
  return (
    some('namespace', effectiveNamespace) &&
    some('name', ({ name }) => name) &&
    matches(selector['group'], groupOf(resource.id.apiVersion)) &&
    matches(selector['version'], versionOf(resource.id.apiVersion)) &&
    matches(selector['kind'], resource.id.kind) &&
    matchesLabels(selector['labelSelector'], resource.labels) &&
    matchesLabels(selector['annotationSelector'], resource.annotations)
  );
}

function matches(pattern: unknown, text: string): boolean {
  if (typeof pattern !== 'string' || pattern === '') return true;
  try {
    return new RegExp(`^(?:${pattern})$`).test(text);
  } catch {
    // Go's expressions have forms that these have not; what cannot be told is not called a mistake.
    return true;
  }
}

const requirement =
  /^\s*(?:(?<not>!)\s*)?(?<key>[^\s!=,()]+)\s*(?:(?<operator>==|=|!=)\s*(?<value>[^\s,]*)|(?<set>in|notin)\s*\((?<values>[^)]*)\))?\s*$/;

/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
function matchesLabels(selector: unknown, labels: ReadonlyMap<string, string>): boolean {
  if (typeof selector !== 'string' || selector.trim() === '') return true;
  return selector.split(/,(?![^(]*\))/).every((part) => {
    const groups = requirement.exec(part)?.groups;
    if (groups?.['key'] === undefined) return true;
    const { not, operator, value = '', set, values = '' } = groups;
    const has = labels.get(groups['key']);
    if (not !== undefined) return has === undefined;
    if (operator === '!=') return has !== value;
    if (operator !== undefined) return has === value;
    const listed = values.split(',').map((each) => each.trim());
    if (set === 'in') return has !== undefined && listed.includes(has);
    if (set === 'notin') return has === undefined || !listed.includes(has);
    return has !== undefined;
  });
}
