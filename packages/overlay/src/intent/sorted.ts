import type { Manifest } from '../manifest.ts';

/** The mapping with its keys in order, so that a file does not change with the order in which they were written. */
export function sorted(mapping: Readonly<Record<string, string>>): Manifest {
  return Object.fromEntries(Object.entries(mapping).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
