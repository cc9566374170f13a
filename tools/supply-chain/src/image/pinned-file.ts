import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { SupplyChainError } from '../errors.ts';

/** A checksum as npm writes it: `sha512-<base64>`, or Debian's as `sha256-<hex>`. */
export type Checksum = `sha512-${string}` | `sha256-${string}`;

/** Where what images are made of is kept from one build to the next. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? homedir(), '.cache'), 'gatefleet', 'images');
}

/**
 * A file by its checksum: from the cache, else fetched and kept there.
 * @param name - a file name that says the version too
 * @returns its path, for a file whose content has just been checked
 * @throws {@link SupplyChainError} `CHECKSUM_WRONG`, and what `fetch` throws
 */
export async function pinnedFile(
  folder: string,
  name: string,
  checksum: Checksum,
  fetch: () => Promise<Buffer>,
): Promise<string> {
  const path = join(folder, name);
  const kept = await readFile(path).catch(() => undefined);
  if (kept !== undefined && checksumOf(kept, checksum) === checksum) return path;
  const fetched = await fetch();
  const found = checksumOf(fetched, checksum);
  if (found !== checksum) {
    throw new SupplyChainError(
      'CHECKSUM_WRONG',
      `fetching ${name}: its checksum is ${found}, the lock has ${checksum}`,
      {
        hint: 'do not use it: find out who changed it, the lock or what was served',
      },
    );
  }
  await mkdir(folder, { recursive: true });
  const whole = `${path}.${process.pid}`;
  await writeFile(whole, fetched);
  await rename(whole, path).finally(() => rm(whole, { force: true }));
  return path;
}

function checksumOf(content: Buffer, like: Checksum): Checksum {
  return like.startsWith('sha512-')
    ? `sha512-${createHash('sha512').update(content).digest('base64')}`
    : `sha256-${createHash('sha256').update(content).digest('hex')}`;
}
