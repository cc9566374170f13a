import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ToolchainError } from './errors.ts';
import type { GoSettings } from './go-environment.ts';

/**
 * A folder of entries, each complete or absent: an entry is filled in a staging folder beside it and appears by rename.
 * Layout: `entries/<entry>/…`, `staging/<entry>.<random>/…`, `locks/<entry>/…`.
 */
export interface Cache {
  readonly root: string;
}

/** `$XDG_CACHE_HOME/gatefleet`, by default `~/.cache/gatefleet`. */
export function openCache(env: NodeJS.ProcessEnv): Cache {
  // The XDG specification has relative paths ignored.
  const base = env['XDG_CACHE_HOME']?.startsWith('/')
    ? env['XDG_CACHE_HOME']
    : join(env['HOME'] ?? homedir(), '.cache');
  return { root: join(base, 'gatefleet') };
}

export function entryPath(cache: Cache, entry: string): string {
  return join(cache.root, 'entries', entry);
}

export function lockPath(cache: Cache, entry: string): string {
  return join(cache.root, 'locks', entry);
}

export async function hasEntry(cache: Cache, entry: string): Promise<boolean> {
  return access(entryPath(cache, entry)).then(
    () => true,
    () => false,
  );
}

/**
 * Makes an entry: `fill` gets an empty staging folder. The caller holds the entry's lock, so staging folders
 * of the same entry were left by a killed process and are removed.
 */
export async function addEntry(cache: Cache, entry: string, fill: (dir: string) => Promise<void>): Promise<void> {
  const staging = join(cache.root, 'staging');
  const dir = join(staging, `${entry}.${randomUUID()}`);
  try {
    await mkdir(join(cache.root, 'entries'), { recursive: true });
    await mkdir(staging, { recursive: true });
    for (const name of await readdir(staging)) {
      if (name.startsWith(`${entry}.`)) await rm(join(staging, name), { recursive: true, force: true });
    }
    await mkdir(dir);
  } catch (cause) {
    throw new ToolchainError('CACHE_UNWRITABLE', `preparing the cache ${cache.root}`, {
      hint: 'make the folder writable, or set XDG_CACHE_HOME to one that is',
      cause,
    });
  }
  try {
    await fill(dir);
    await rename(dir, entryPath(cache, entry));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** All that determines a unit's binaries. */
export interface BuildInputs {
  readonly goMod: string;
  readonly goSum: string;
  /** Go source of ours beside the go.mod, file by file; mostly none. */
  readonly sources: readonly string[];
  readonly programs: Readonly<Record<string, string>>;
  readonly flags: readonly string[];
  readonly go: GoSettings;
}

/** Entry name of a build: readable first, then 64 bits of a hash of its inputs. */
export function buildEntry(unit: string, version: string, inputs: BuildInputs): string {
  const { goMod, goSum, sources, programs, flags, go } = inputs;
  const sorted = (record: object) => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${unit}-${version}-${hash([goMod, goSum, sorted(programs), flags, sorted(go), ...sources])}`;
}

/** Entry name of a folder or file taken from a module. */
export function assetEntry(
  asset: string,
  version: string,
  inputs: { goSum: string; paths: readonly string[] },
): string {
  return `${asset}-${version}-${hash([inputs.goSum, inputs.paths])}`;
}

export async function readModuleFiles(moduleDir: string): Promise<Pick<BuildInputs, 'goMod' | 'goSum' | 'sources'>> {
  const read = (name: string) => readFile(join(moduleDir, name), 'utf8');
  const names = (await readdir(moduleDir)).filter((name) => name.endsWith('.go')).sort();
  const [goMod, goSum, ...sources] = await Promise.all([read('go.mod'), read('go.sum'), ...names.map(read)]);
  return { goMod, goSum, sources };
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
