import { isDeepStrictEqual } from 'node:util';
import { isMapping, type Manifest, type Value } from './base.ts';
import { OverlayError } from './errors.ts';

/**
 * Lists that a strategic merge patch merges item by item, with the fields that tell items apart.
 * @see https://github.com/kubernetes/api/blob/v0.36.3/core/v1/types.go - patchMergeKey and listMapKey
 */
const mergeKeys: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  volumeMounts: ['mountPath'],
  ports: ['port', 'protocol'],
};

/** Items of these must be in the base: a new one would be an object of its own. */
const neverNew = new Set(['containers', 'initContainers', 'ports']);

/**
 * The smallest strategic merge patch that takes `base` to what `wanted` says; undefined where it says so already.
 * What `wanted` leaves out stays as it is.
 *
 * @throws OverlayError `PATCH_TARGET_MISSING` for a container or port that the base lacks.
 */
export function difference(wanted: Manifest, base: Manifest, at = ''): Manifest | undefined {
  const entries = Object.entries(wanted).flatMap(([key, value]): [string, Value][] => {
    const rest = differenceOf(key, value, base[key], `${at}/${key}`);
    return rest === undefined ? [] : [[key, rest]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function differenceOf(key: string, wanted: Value, base: Value | undefined, at: string): Value | undefined {
  if (isMapping(wanted) && isMapping(base)) return difference(wanted, base, at);
  const keys = mergeKeys[key];
  if (keys !== undefined && Array.isArray(wanted))
    return listDifference(keys, wanted, Array.isArray(base) ? base : [], at);
  if (isEmpty(wanted) && base === undefined) return undefined;
  return isDeepStrictEqual(wanted, base) ? undefined : wanted;
}

function listDifference(
  keys: readonly string[],
  wanted: readonly Value[],
  base: readonly Value[],
  at: string,
): Value | undefined {
  const items = wanted.filter(isMapping).flatMap((item) => {
    const same = base.filter(isMapping).find((other) => keys.every((key) => isDeepStrictEqual(other[key], item[key])));
    if (same === undefined) {
      if (neverNew.has(at.slice(at.lastIndexOf('/') + 1))) throw missing(keys, item, at);
      return [item];
    }
    const rest = difference(item, same, at);
    const identity = Object.fromEntries(Object.entries(item).filter(([key]) => keys.includes(key)));
    return rest === undefined ? [] : [{ ...identity, ...rest }];
  });
  return items.length === 0 ? undefined : items;
}

function missing(keys: readonly string[], item: Manifest, at: string): OverlayError {
  const name = keys.map((key) => `${key} ${JSON.stringify(item[key])}`).join(', ');
  return new OverlayError('PATCH_TARGET_MISSING', `planning a patch: base/ has no item with ${name} at ${at}`, {
    hint: 'restore it in base/, or change the generator together with it',
  });
}

function isEmpty(value: Value): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
