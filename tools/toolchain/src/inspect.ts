import { join } from 'node:path';
import { entryPath, hasEntry, openCache } from './cache.ts';
import { pinnedOnPath } from './ensure-tools.ts';
import { unitEntry } from './ensure-unit.ts';
import { readGoSettings } from './go-environment.ts';
import { pinnedUnit } from './module-folder.ts';
import { toolNames, tools, type ToolName } from './tools.ts';
import { units } from './units.ts';

export interface ToolReport {
  readonly name: ToolName;
  /** The pinned version, which is also that of what was found. */
  readonly version: string;
  readonly source: 'path' | 'cache' | 'missing';
  /** Absent when missing. */
  readonly path?: string;
  readonly neededBy: string;
}

/** Where each tool would come from now. Builds and fetches nothing. */
export async function inspectTools(env: NodeJS.ProcessEnv = process.env): Promise<ToolReport[]> {
  // Without Go no entry of the cache can be told to be the right one: then only PATH counts.
  const go = await readGoSettings(env).catch(() => undefined);
  const cache = openCache(env);
  return Promise.all(
    toolNames.map(async (name): Promise<ToolReport> => {
      const { unit, neededBy } = tools[name];
      const { version } = units[unit];
      const onPath = await pinnedOnPath(name, env);
      if (onPath !== undefined) return { name, version, source: 'path', path: onPath.path, neededBy };
      const entry = go && (await unitEntry(pinnedUnit(unit), go));
      if (entry === undefined || !(await hasEntry(cache, entry))) return { name, version, source: 'missing', neededBy };
      return { name, version, source: 'cache', path: join(entryPath(cache, entry), 'bin', name), neededBy };
    }),
  );
}
