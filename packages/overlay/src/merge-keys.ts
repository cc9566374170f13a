import { isDeepStrictEqual } from 'node:util';
import { isMapping, type Manifest, type Value } from './manifest.ts';

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
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
};

/** What tells the items of a list apart; undefined for a list that a patch replaces as a whole. */
export function mergeKeysOf(list: string, items: readonly Value[]): readonly string[] | undefined {
  // A container's ports and a Service's are told apart by different fields.
  if (list !== 'ports') return mergeKeys[list];
  return items.some((item) => isMapping(item) && 'containerPort' in item)
    ? ['containerPort', 'protocol']
    : ['port', 'protocol'];
}

/** Index of the item that is the same one; -1 where there is none. */
export function indexOfSame(keys: readonly string[], item: Manifest, items: readonly Value[]): number {
  return items.findIndex((other) => isMapping(other) && keys.every((key) => isDeepStrictEqual(other[key], item[key])));
}

/** `name "traefik"`: an item, for messages. */
export function describeItem(keys: readonly string[], item: Manifest): string {
  return keys.map((key) => `${key} ${JSON.stringify(item[key])}`).join(', ');
}
