import { fieldChanges, type FieldChange } from './field-changes.ts';
import { formatId, idOf, keyOf, withoutHash, type DiffObject } from './object-id.ts';

/** What happens to one rendered object. Values of Secrets are not in it. */
export interface ObjectChange {
  readonly kind: 'added' | 'removed' | 'changed';
  /** `Deployment gatefleet/traefik`, as it is after the change. */
  readonly object: string;
  /** The name before, where only the hash of its content that kustomize appends differs. */
  readonly renamedFrom?: string;
  /** Empty unless changed. */
  readonly fields: readonly FieldChange[];
}

/** What differs between two renderings of one kustomization, sorted by object. */
export function objectChanges(before: readonly DiffObject[], after: readonly DiffObject[]): readonly ObjectChange[] {
  const gone = byKey(before, (object) => keyOf(idOf(object)));
  const come = byKey(after, (object) => keyOf(idOf(object)));
  const pairs: [DiffObject, DiffObject][] = [];
  for (const [key, old] of gone) {
    const now = come.get(key);
    if (now === undefined) continue;
    pairs.push([old, now]);
    gone.delete(key);
    come.delete(key);
  }
  const generated = byKey(come.values(), hashlessKey);
  for (const [key, old] of gone) {
    const now = generated.get(hashlessKey(old));
    if (now === undefined) continue;
    pairs.push([old, now]);
    gone.delete(key);
    come.delete(keyOf(idOf(now)));
  }
  return [
    ...pairs.flatMap(([old, now]) => changed(old, now)),
    ...[...gone.values()].map((object) => ({ kind: 'removed' as const, object: formatId(idOf(object)), fields: [] })),
    ...[...come.values()].map((object) => ({ kind: 'added' as const, object: formatId(idOf(object)), fields: [] })),
  ].toSorted((a, b) => (a.object < b.object ? -1 : 1));
}

function changed(before: DiffObject, after: DiffObject): readonly ObjectChange[] {
  const [from, to] = [idOf(before), idOf(after)];
  const renamed = from.name !== to.name;
  const fields = fieldChanges(renamed ? hashless(before) : before, renamed ? hashless(after) : after);
  if (fields.length === 0 && !renamed) return [];
  const shown = to.kind === 'Secret' ? fields.map(withoutValue) : fields;
  return [{ kind: 'changed', object: formatId(to), ...(renamed && { renamedFrom: formatId(from) }), fields: shown }];
}

/** What a Secret holds is nobody's to read in a diff; that it changed is. */
function withoutValue(change: FieldChange): FieldChange {
  if (!/^(data|stringData)\b/.test(change.path)) return change;
  return {
    path: change.path,
    ...('before' in change && { before: '(secret)' }),
    ...('after' in change && { after: '(secret)' }),
  };
}

function hashless(object: DiffObject): DiffObject {
  const metadata = object['metadata'] as Readonly<Record<string, unknown>>;
  return { ...object, metadata: { ...metadata, name: withoutHash(String(metadata['name'])) } };
}

function hashlessKey(object: DiffObject): string {
  const id = idOf(object);
  return keyOf({ ...id, name: withoutHash(id.name) });
}

function byKey(objects: Iterable<DiffObject>, key: (object: DiffObject) => string): Map<string, DiffObject> {
  return new Map([...objects].map((object) => [key(object), object]));
}
