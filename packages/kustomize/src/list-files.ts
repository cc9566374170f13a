import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { KustomizeError } from './errors.ts';

const run = promisify(execFile);
const maxListBytes = 256 * 1024 * 1024;

/** Paths of all files, from the root, with slashes: what git tracks or would; outside of git everything but node_modules. */
export async function listFiles(
  root: string,
  { signal }: { readonly signal?: AbortSignal | undefined },
): Promise<readonly string[]> {
  try {
    const args = ['-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const { stdout } = await run('git', args, { signal, maxBuffer: maxListBytes });
    return [...new Set(stdout.split('\0'))].filter((path) => path !== '' && !isForeign(path));
  } catch (error) {
    signal?.throwIfAborted();
    const { code } = error as { code?: unknown };
    // 128: not a git repository; ENOENT: no git.
    if (code !== 128 && code !== 'ENOENT') {
      throw new KustomizeError('FILE_UNREADABLE', `listing the files of ${root} by git`, { cause: error });
    }
  }
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new KustomizeError('FILE_UNREADABLE', `listing the files of ${root}`, {
      hint: 'check that it is there',
      cause,
    });
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(root.replace(/\/$/, '').length + 1))
    .filter((path) => !isForeign(path));
}

function isForeign(path: string): boolean {
  return /(^|\/)(node_modules|\.git)\//.test(path);
}
