import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { writeFiles } from '@gatefleet/kustomize/testing';

const run = promisify(execFile);
const repository = join(import.meta.dirname, '../../../..');
const modules = join(repository, 'node_modules');
const ours = new Set(['@gatefleet', 'argocd-ts-client']);

/** A copy of a workspace with a git repository of its own, that disposes of itself. */
export interface ScratchWorkspace extends AsyncDisposable {
  readonly root: string;
  /** What Nx prints; stdout and stderr together. Rejects where it fails, with what it printed in `stdout`. */
  nx(...args: readonly string[]): Promise<string>;
  git(...args: readonly string[]): Promise<string>;
}

/** Copies what git knows of a workspace, or would: the work tree as it is. Packages of others are linked. */
export async function copyWorkspace(from: string): Promise<ScratchWorkspace> {
  const root = await mkdtemp(join(tmpdir(), 'gatefleet-nx-'));
  const { stdout } = await run('git', ['-C', from, 'ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  const files = [...new Set(stdout.split('\0'))].filter((path) => path !== '' && !path.includes('node_modules'));
  for (const folder of new Set(files.map(dirname))) await mkdir(join(root, folder), { recursive: true });
  await Promise.all(
    // What is deleted, but not yet in git's index, is no part of it.
    files.map((path) => cp(join(from, path), join(root, path)).catch(ignoreMissing)),
  );
  await linkModules(from, root);
  return scratch(root);
}

/** A workspace of these files that has the plugin as it is published, and knows no other package of this repository. */
export async function foreignWorkspace(files: Readonly<Record<string, string>>): Promise<ScratchWorkspace> {
  const { root } = await writeFiles({ 'package.json': '{ "name": "foreign", "private": true }\n', ...files });
  await mkdir(join(root, 'node_modules/@gatefleet'), { recursive: true });
  for (const name of await readdir(modules)) {
    if (!ours.has(name)) await symlink(join(modules, name), join(root, 'node_modules', name));
  }
  const build = join(repository, 'tools/supply-chain/src/main.ts');
  const plugin = join(root, 'node_modules/@gatefleet/nx-kustomize');
  await run(process.execPath, [build, 'package', '--package', 'nx-kustomize', '--output', plugin]);
  return scratch(root);
}

async function scratch(root: string): Promise<ScratchWorkspace> {
  const env = {
    ...process.env,
    PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    // Of jest's own, for the tests that run in it.
    NODE_OPTIONS: '',
    FORCE_COLOR: '0',
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'user.name',
    GIT_CONFIG_VALUE_0: 'test',
    GIT_CONFIG_KEY_1: 'user.email',
    GIT_CONFIG_VALUE_1: 'test@example.com',
  };
  const git = async (...args: readonly string[]) => (await run('git', ['-C', root, ...args], { env })).stdout;
  await git('init', '--quiet', '--initial-branch=main');
  // As links they are not the folders that .gitignore speaks of.
  await appendFile(join(root, '.git/info/exclude'), 'node_modules\n');
  await git('add', '--all');
  await git('commit', '--quiet', '--message=all');
  return {
    root,
    git,
    async nx(...args) {
      const { stdout, stderr } = await run(join(root, 'node_modules/.bin/nx'), args, { cwd: root, env });
      return stdout + stderr;
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

/** Links to the workspace's own packages lead into the copy; all others to where they are. */
async function linkModules(from: string, root: string): Promise<void> {
  await mkdir(join(root, 'node_modules'));
  for (const name of await readdir(join(from, 'node_modules'))) {
    const path = join('node_modules', name);
    if (ours.has(name)) {
      await cp(join(from, path), join(root, path), { recursive: true, verbatimSymlinks: true });
    } else {
      await symlink(join(from, path), join(root, path));
    }
  }
  for (const folder of await readdir(join(from, 'packages'))) {
    const nested = join('packages', folder, 'node_modules');
    if (existsSync(join(from, nested))) await symlink(join(from, nested), join(root, nested));
  }
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
