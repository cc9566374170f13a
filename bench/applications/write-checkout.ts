import { execFile } from 'node:child_process';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeFleet } from '../lint/write-fleet.ts';

const run = promisify(execFile);

/**
 * A checkout with a command line of its own and this many environments, each of a cluster `cluster-<name>`, committed. Its libraries are
 * the repository's.
 *
 * @returns names of the environments
 */
export async function writeCheckout(
  root: string,
  repository: string,
  environments: number,
): Promise<readonly string[]> {
  await mkdir(root, { recursive: true });
  for (const part of ['apps/cli', 'tools/bootstrap', 'package.json', 'package-lock.json']) {
    await cp(join(repository, part), join(root, part), { recursive: true, verbatimSymlinks: true });
  }
  await symlink(join(repository, 'node_modules'), join(root, 'node_modules'));
  const names = await writeFleet(root, repository, environments);
  const git = (...args: string[]) =>
    run('git', ['-C', root, '-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', ...args]);
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', 'base', 'overlays');
  await git('commit', '--quiet', '--message', 'Start');
  return names;
}
