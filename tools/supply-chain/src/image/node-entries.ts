import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SupplyChainError } from '../errors.ts';
import { runProgram } from '../run-program.ts';
import { inTemporaryFolder } from '../in-temporary-folder.ts';
import { pinnedFile, type Checksum } from './pinned-file.ts';
import { nodePackage, type Architecture } from './platform.ts';
import type { TarEntry } from './tar.ts';

export interface PackageLock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface LockedPackage {
  /** Only of the repository's own packages. */
  readonly name?: string;
  readonly version?: string;
  readonly integrity?: string;
}

/** The version of Node that package-lock.json pins, and the checksum of its package. @throws {@link SupplyChainError} */
export function lockedNode(lock: PackageLock, architecture: Architecture): { version: string; integrity: Checksum } {
  const name = nodePackage(architecture);
  const { version, integrity } = lock.packages[`node_modules/${name}`] ?? {};
  if (version === undefined || !integrity?.startsWith('sha512-')) {
    throw new SupplyChainError('NOT_LOCKED', `looking for ${name} with a checksum in package-lock.json`);
  }
  return { version, integrity: integrity as Checksum };
}

/** Node's program and licence, as entries of a layer. @throws {@link SupplyChainError} */
export async function nodeEntries(lock: PackageLock, architecture: Architecture, cache: string): Promise<TarEntry[]> {
  const name = nodePackage(architecture);
  const { version, integrity } = lockedNode(lock, architecture);
  const file = `${name}-${version}.tgz`;
  const tarball = await pinnedFile(cache, file, integrity, () =>
    inTemporaryFolder(async (folder) => {
      await runProgram('npm', ['pack', `${name}@${version}`, '--pack-destination', folder], { cwd: folder });
      return readFile(join(folder, file));
    }),
  );
  return inTemporaryFolder(async (folder) => {
    await runProgram('tar', ['-xzf', tarball, '-C', folder, 'package/bin/node', 'package/LICENSE']);
    const read = (path: string) => readFile(join(folder, 'package', path));
    return [
      { path: 'usr/local/bin/node', kind: 'file', content: await read('bin/node'), executable: true },
      { path: 'usr/share/doc/node/LICENSE', kind: 'file', content: await read('LICENSE') },
    ];
  });
}
