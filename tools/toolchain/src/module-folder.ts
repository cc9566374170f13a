import { fileURLToPath } from 'node:url';
import type { BuildUnit } from './build.ts';
import { units, type UnitName } from './units.ts';

/** A unit of the table with the folder of its go.mod in this package. */
export function pinnedUnit(name: UnitName): BuildUnit {
  return { ...units[name], name, dir: fileURLToPath(new URL(`../modules/${name}`, import.meta.url)) };
}
