import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { succeed } from './shell.ts';

const source = resolve(import.meta.dirname, '../..');

/**
 * A fresh clone of what is worked on, uncommitted changes included, with one commit on `main` and nothing installed.
 *
 * @returns its folder, and how to remove it.
 */
export async function freshClone(): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'gatefleet-clone-'));
  const listed = await succeed('git', ['-C', source, 'ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  const deleted = await succeed('git', ['-C', source, 'ls-files', '-z', '--deleted']);
  const gone = new Set(deleted.split('\0'));
  for (const file of listed.split('\0').filter((name) => name !== '' && !gone.has(name))) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(source, file), join(folder, file));
  }
  const git = (...args: string[]) => succeed('git', ['-C', folder, ...args]);
  await git('init', '--quiet', '--initial-branch=main');
  await git('config', 'user.name', 'A platform engineer');
  await git('config', 'user.email', 'platform@example.com');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'Start');
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
