import { isDeepStrictEqual } from 'node:util';
import { isMapping, type Manifest, type Value } from './manifest.ts';
import { describeItem, indexOfSame, mergeKeysOf } from './merge-keys.ts';

/** An item of a list that a patch is about, and that is not there. */
export interface Absent {
  readonly item: string;
  /** JSON pointer without indexes. */
  readonly at: string;
}

export interface DifferenceOptions {
  /** Lists that a patch may add items to, such as `env`. Any other that lacks an item is told to {@link onAbsent}. */
  readonly additions?: readonly string[];
  readonly onAbsent: (absent: Absent) => never;
}

/**
 * The smallest strategic merge patch that takes `base` to what `wanted` says; undefined where it says so already.
 * What `wanted` leaves out stays as it is; null removes.
 */
export function difference(
  wanted: Manifest,
  base: Manifest,
  options: DifferenceOptions,
  at = '',
): Manifest | undefined {
  const entries = Object.entries(wanted).flatMap(([key, value]): [string, Value][] => {
    const rest = differenceOf(key, value, base[key], options, `${at}/${key}`);
    return rest === undefined ? [] : [[key, rest]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function differenceOf(
  key: string,
  wanted: Value,
  base: Value | undefined,
  options: DifferenceOptions,
  at: string,
): Value | undefined {
  if (isMapping(wanted)) return difference(wanted, isMapping(base) ? base : {}, options, at);
  const keys = Array.isArray(wanted) ? mergeKeysOf(key, wanted as readonly Value[]) : undefined;
  if (Array.isArray(wanted) && keys !== undefined) {
    return listDifference(keys, wanted as readonly Value[], Array.isArray(base) ? base : [], options, at);
  }
  if (base === undefined && (wanted === null || isEmptyList(wanted))) return undefined;
  return isDeepStrictEqual(wanted, base) ? undefined : wanted;
}

function listDifference(
  keys: readonly string[],
  wanted: readonly Value[],
  base: readonly Value[],
  options: DifferenceOptions,
  at: string,
): Value | undefined {
  const list = at.slice(at.lastIndexOf('/') + 1);
  const items = wanted.filter(isMapping).flatMap((item) => {
    const same = base[indexOfSame(keys, item, base)];
    if (!isMapping(same)) {
      if (options.additions?.includes(list) === true) return [item];
      return options.onAbsent({ item: describeItem(keys, item), at });
    }
    const rest = difference(item, same, options, at);
    const identity = Object.fromEntries(Object.entries(item).filter(([key]) => keys.includes(key)));
    return rest === undefined ? [] : [{ ...identity, ...rest }];
  });
  return items.length === 0 ? undefined : items;
}

function isEmptyList(value: Value): boolean {
  return Array.isArray(value) && value.length === 0;
}
