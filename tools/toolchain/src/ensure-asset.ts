import { chmod, cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { assetNames, assets, type Asset, type AssetName } from './assets.ts';
import { addEntry, assetEntry, entryPath, hasEntry, lockPath, openCache, readModuleFiles } from './cache.ts';
import type { EnsureOptions } from './ensure-tools.ts';
import { cancelled, ToolchainError } from './errors.ts';
import { goEnvironment } from './go-environment.ts';
import { withLock } from './lock.ts';
import { pinnedUnit } from './module-folder.ts';
import { runCommand } from './run-command.ts';
import { units, type UnitName } from './units.ts';

/**
 * Makes files of a pinned module ready and gives their path: a folder, or the file where the asset is one.
 * Kept in the cache, so that later runs need neither Go nor its module cache. Builds nothing.
 * @throws {@link ToolchainError} `DOWNLOAD_FAILED`, `CANCELLED`
 */
export async function ensureAsset(name: AssetName, options: EnsureOptions = {}): Promise<string> {
  const asset = assets[name];
  const cache = openCache(options.env ?? process.env);
  const { goSum } = await readModuleFiles(pinnedUnit(asset.unit).dir);
  const paths = [asset.folder, ...(asset.file === undefined ? (asset.files ?? []) : [asset.file])];
  const { version } = units[asset.unit];
  const entry = assetEntry(name, version, { goSum, paths });
  const path = join(entryPath(cache, entry), asset.file ?? '');
  if (await hasEntry(cache, entry)) return path;
  const { signal, onProgress } = options;
  return withLock(
    lockPath(cache, entry),
    async () => {
      if (!(await hasEntry(cache, entry))) await addEntry(cache, entry, (dir) => copyAsset(name, asset, dir, options));
      return path;
    },
    { signal, onWait: (pid) => onProgress?.({ kind: 'waiting', name, version, pid }) },
  );
}

/** The assets of a unit, fetched while its source is at hand. */
export async function ensureUnitAssets(unit: UnitName, options: EnsureOptions): Promise<void> {
  for (const name of assetNames) if (assets[name].unit === unit) await ensureAsset(name, options);
}

async function copyAsset(name: AssetName, asset: Asset, dir: string, options: EnsureOptions): Promise<void> {
  const from = join(await moduleFolder(name, asset, options), asset.folder);
  const files = asset.file === undefined ? asset.files : [asset.file];
  for (const file of files ?? (await readdir(from))) await cp(join(from, file), join(dir, file), { recursive: true });
  await makeWritable(dir, asset.executable === true);
}

/** Go's module cache is read-only; what is copied from it would be too, and could then not be removed. */
async function makeWritable(dir: string, executable: boolean): Promise<void> {
  await chmod(dir, 0o755);
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) await makeWritable(path, executable);
    else await chmod(path, executable ? 0o755 : 0o644);
  }
}

/** Folder of the module in Go's module cache, downloaded if it is not there and checked against go.sum. */
async function moduleFolder(name: AssetName, asset: Asset, options: EnsureOptions): Promise<string> {
  const { dir } = pinnedUnit(asset.unit);
  const step = `fetching ${asset.module} for ${name}`;
  const env = goEnvironment(options.env ?? process.env);
  const { signal } = options;
  try {
    const { code, stdout, stderr } = await runCommand('go', ['mod', 'download', '-json', asset.module], {
      cwd: dir,
      env,
      signal,
    });
    if (signal?.aborted) throw cancelled(step, signal);
    const { Dir, Error: reason } = JSON.parse(stdout || '{}') as { Dir?: string; Error?: string };
    if (code !== 0 || Dir === undefined) throw new Error(reason ?? stderr);
    return Dir;
  } catch (cause) {
    if (cause instanceof ToolchainError) throw cause;
    throw new ToolchainError('DOWNLOAD_FAILED', step, {
      hint: `to repeat it: cd ${dir} && GOFLAGS= GOWORK=off go mod download -json ${asset.module}`,
      cause,
    });
  }
}
