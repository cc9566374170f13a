/** One field that differs; a side is absent where the field is not there. */
export interface FieldChange {
  /** `spec.template.spec.containers[traefik].image`: list items by what tells them apart, else by index. */
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** The list has the same items in another order. */
  readonly reordered?: true;
}

/** Fields that tell the items of a list apart, most telling first; the first that all items have, each with its own value, is used. */
const tellingFields = ['name', 'mountPath', 'port', 'containerPort', 'topologyKey', 'key', 'kind', 'type', 'ip'];

type Mapping = Readonly<Record<string, unknown>>;

/** Every leaf that differs between two values, in the order of the keys. */
export function fieldChanges(before: unknown, after: unknown, path = ''): readonly FieldChange[] {
  if (same(before, after)) return [];
  if (isMapping(before) && isMapping(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .toSorted()
      .flatMap((key) => between(before, after, key, joined(path, key)));
  }
  if (Array.isArray(before) && Array.isArray(after)) return listChanges(before, after, path);
  return [{ path, before, after }];
}

function between(before: Mapping, after: Mapping, key: string, path: string): readonly FieldChange[] {
  if (!Object.hasOwn(before, key)) return [{ path, after: after[key] }];
  if (!Object.hasOwn(after, key)) return [{ path, before: before[key] }];
  return fieldChanges(before[key], after[key], path);
}

function listChanges(before: readonly unknown[], after: readonly unknown[], path: string): readonly FieldChange[] {
  const all = [...before, ...after];
  const nameItem = all.every(isMapping)
    ? tellingFields.map(byField).find((name) => distinct(before, name) && distinct(after, name))
    : all.every(isScalar)
      ? [byFlag, String].find((name) => distinct(before, name) && distinct(after, name))
      : undefined;
  if (nameItem === undefined) return byIndex(before, after, path);

  const [old, now] = [before, after].map((items) => new Map(items.map((item) => [nameItem(item) ?? '', item])));
  if (old === undefined || now === undefined) return [];
  const changes = [...new Set([...old.keys(), ...now.keys()])].flatMap((name): readonly FieldChange[] => {
    const item = `${path}[${name}]`;
    if (!old.has(name)) return [{ path: item, after: now.get(name) }];
    if (!now.has(name)) return [{ path: item, before: old.get(name) }];
    return fieldChanges(old.get(name), now.get(name), item);
  });
  return changes.length > 0 ? changes : [{ path, reordered: true }];
}

function byIndex(before: readonly unknown[], after: readonly unknown[], path: string): readonly FieldChange[] {
  return Array.from({ length: Math.max(before.length, after.length) }, (_, index) => {
    const item = `${path}[${index}]`;
    if (index >= before.length) return [{ path: item, after: after[index] }];
    if (index >= after.length) return [{ path: item, before: before[index] }];
    return fieldChanges(before[index], after[index], item);
  }).flat();
}

type NameItem = (item: unknown) => string | undefined;

function byField(field: string): NameItem {
  return (item) => (isMapping(item) && isScalar(item[field]) ? String(item[field]) : undefined);
}

/** `--log.level=INFO` is the flag `--log.level`, so that another value is a change and not a removal and an addition. */
const byFlag: NameItem = (item) => /^(--?[^=\s]+)(=|$)/.exec(String(item))?.[1] ?? String(item);

function distinct(items: readonly unknown[], nameItem: NameItem): boolean {
  const names = items.map(nameItem);
  return !names.includes(undefined) && new Set(names).size === names.length;
}

function joined(path: string, key: string): string {
  if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** Deep equality; the order of a mapping's keys does not count. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => same(item, b[i]));
  if (!isMapping(a) || !isMapping(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}
