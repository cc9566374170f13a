import { missing, type BaseObject } from './base-object.ts';
import { isMapping, kindOf, nameOf, type Manifest, type Value } from './manifest.ts';
import { indexOfSame, mergeKeysOf } from './merge-keys.ts';

/** A Component of base/components, as far as a plan has to follow it: what it adds, and its merge patches. */
export interface BaseComponent {
  readonly resources: readonly BaseObject[];
  readonly patches: readonly ComponentPatch[];
}

export interface ComponentPatch {
  /** From the repository's root. */
  readonly file: string;
  /** Whom it patches; the object that the patch itself names where undefined. */
  readonly target: { readonly kind: string; readonly name: string } | undefined;
  readonly content: Manifest;
}

/** The objects as they are with the Component. @throws OverlayError `PATCH_TARGET_MISSING` */
export function applyComponent(
  objects: readonly BaseObject[],
  { resources, patches }: BaseComponent,
): readonly BaseObject[] {
  return patches.reduce(applyPatch, [...objects, ...resources]);
}

function applyPatch(objects: readonly BaseObject[], { file, target, content }: ComponentPatch): readonly BaseObject[] {
  const { kind, name } = target ?? { kind: kindOf(content), name: nameOf(content) };
  const at = objects.findIndex(({ object }) => kindOf(object) === kind && nameOf(object) === name);
  const found = objects[at];
  if (found === undefined) throw missing(`applying ${file}`, `there is no ${kind} ${name}`);
  if (content['$patch'] === 'delete') return objects.toSpliced(at, 1);
  const object = merged(found.object, content);
  return objects.toSpliced(at, 1, { ...found, object, kindChanged: kindOf(object) !== kindOf(found.object) });
}

/** A strategic merge: mappings by key, lists by what tells items apart, null removes. */
function merged(base: Manifest, patch: Manifest): Manifest {
  const changed = Object.entries(patch).map(([key, value]): [string, Value] => {
    const before = base[key];
    if (isMapping(value)) return [key, merged(isMapping(before) ? before : {}, value)];
    if (!Array.isArray(value)) return [key, value];
    return [key, mergedList(key, Array.isArray(before) ? before : [], value as readonly Value[])];
  });
  return Object.fromEntries([...Object.entries(base), ...changed].filter(([key]) => patch[key] !== null));
}

function mergedList(name: string, before: readonly Value[], patch: readonly Value[]): readonly Value[] {
  const keys = mergeKeysOf(name, patch);
  if (keys === undefined) return patch;
  return patch.filter(isMapping).reduce<readonly Value[]>((items, item) => {
    const at = indexOfSame(keys, item, items);
    const same = items[at];
    return isMapping(same) ? items.toSpliced(at, 1, merged(same, item)) : [...items, item];
  }, before);
}
