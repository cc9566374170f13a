import { join } from 'node:path';
import { openCache } from './cache.ts';
import { ensureUnitAssets } from './ensure-asset.ts';
import { ensureUnit } from './ensure-unit.ts';
import { readGoSettings, type GoSettings } from './go-environment.ts';
import { pinnedUnit } from './module-folder.ts';
import { findOnPath, probeVersion } from './path-lookup.ts';
import type { OnProgress } from './progress.ts';
import { tools, type ToolName } from './tools.ts';
import { units } from './units.ts';

export interface FoundTool {
  readonly name: ToolName;
  readonly version: string;
  /** Absolute path of the program. */
  readonly path: string;
  readonly source: 'path' | 'cache' | 'built';
}

export interface EnsureOptions {
  /** Ends a running build, its compilers included. */
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Instead of the process's own: PATH, HOME, XDG_CACHE_HOME, and what Go reads. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Makes pinned programs ready, and only these: found on PATH at the pinned version, else in the cache, else built.
 * @throws {@link ToolchainError}
 */
export async function ensureTools<const Name extends ToolName>(
  names: readonly Name[],
  options: EnsureOptions = {},
): Promise<Record<Name, FoundTool>> {
  const env = options.env ?? process.env;
  const found = new Map<Name, FoundTool>();
  for (const name of names) {
    const onPath = await pinnedOnPath(name, env);
    if (onPath !== undefined) found.set(name, onPath);
  }
  const missing = names.filter((name) => !found.has(name));
  let go: GoSettings | undefined;
  // One after the other: Go itself keeps all cores busy, and one line moves at a time.
  for (const unit of new Set(missing.map((name) => tools[name].unit))) {
    go ??= await readGoSettings(env, options.signal);
    const { signal, onProgress } = options;
    const { bin, source } = await ensureUnit(pinnedUnit(unit), openCache(env), go, { env, signal, onProgress });
    if (source === 'built') await ensureUnitAssets(unit, options);
    const { version } = units[unit];
    for (const name of missing.filter((name) => tools[name].unit === unit)) {
      found.set(name, { name, version, path: join(bin, name), source });
    }
  }
  return Object.fromEntries(names.map((name) => [name, found.get(name)])) as Record<Name, FoundTool>;
}

/** The tool from PATH if it is the pinned version; a probe runs only when there is a program of that name. */
export async function pinnedOnPath<Name extends ToolName>(
  name: Name,
  env: NodeJS.ProcessEnv,
): Promise<FoundTool | undefined> {
  const { probe, unit } = tools[name];
  if (probe === undefined) return undefined;
  const path = await findOnPath(name, env);
  if (path === undefined) return undefined;
  const { version } = units[unit];
  return (await probeVersion(path, probe, env)) === version ? { name, version, path, source: 'path' } : undefined;
}
