import { fileURLToPath } from 'node:url';
import type { BuildUnit } from './build.ts';
import { units, type UnitName } from './units.ts';

/** A unit of the table with the folder of its go.mod. */
export function pinnedUnit(name: UnitName): BuildUnit {
  const unit = units[name];
  const folder = unit.folder ?? `tools/toolchain/modules/${name}`;
  return { ...unit, name, dir: fileURLToPath(new URL(`../../../${folder}`, import.meta.url)) };
}
