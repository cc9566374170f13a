import { join } from 'node:path';
import { build, buildFlags, type BuildOptions, type BuildUnit } from './build.ts';
import { addEntry, buildEntry, entryPath, hasEntry, lockPath, readModuleFiles, type Cache } from './cache.ts';
import { checkGoVersion, type GoSettings } from './go-environment.ts';
import { withLock } from './lock.ts';

export interface UnitPrograms {
  /** Folder with the unit's programs. */
  readonly bin: string;
  readonly source: 'cache' | 'built';
}

/** Name of the cache entry that holds this unit as Go would build it now. */
export async function unitEntry(unit: BuildUnit, go: GoSettings): Promise<string> {
  const files = await readModuleFiles(unit.dir);
  return buildEntry(unit.name, unit.version, { ...files, programs: unit.programs, flags: buildFlags(unit), go });
}

/** Takes the unit from the cache or builds it into it, once however many ask at the same time. @throws ToolchainError */
export async function ensureUnit(
  unit: BuildUnit,
  cache: Cache,
  go: GoSettings,
  options: BuildOptions,
): Promise<UnitPrograms> {
  const { name, version } = unit;
  const entry = await unitEntry(unit, go);
  const bin = join(entryPath(cache, entry), 'bin');
  if (await hasEntry(cache, entry)) return { bin, source: 'cache' };
  await checkGoVersion(go, unit.dir);
  let waited = false;
  const make = async (): Promise<UnitPrograms> => {
    if (await hasEntry(cache, entry)) {
      if (waited) options.onProgress?.({ kind: 'ready', name, version });
      return { bin, source: 'cache' };
    }
    const startedAt = performance.now();
    try {
      await addEntry(cache, entry, (dir) => build(unit, join(dir, 'bin'), options));
    } catch (error) {
      options.onProgress?.({ kind: 'failed', name, version });
      throw error;
    }
    options.onProgress?.({ kind: 'built', name, version, elapsedMs: performance.now() - startedAt });
    return { bin, source: 'built' };
  };
  const onWait = (pid: number) => {
    waited = true;
    options.onProgress?.({ kind: 'waiting', name, version, pid });
  };
  return withLock(lockPath(cache, entry), make, { signal: options.signal, onWait });
}
