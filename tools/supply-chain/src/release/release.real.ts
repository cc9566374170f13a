import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../../../..');
const run = promisify(execFile);

test('a dry run of a release gives every published package one version, and the changelog an entry for it', async () => {
  const { release } = JSON.parse(await readFile(join(root, 'nx.json'), 'utf8')) as { release: { projects: string[] } };
  // Where nobody has planned anything since the last release, Nx wants to be told how far the version goes up.
  const isPlanned = globSync('.nx/version-plans/*.md', { cwd: root }).length > 0;
  const args = ['release', ...(isPlanned ? [] : ['patch']), '--dry-run', '--skip-publish', '--first-release'];
  const { stdout, stderr } = await run(join(root, 'node_modules/.bin/nx'), args, {
    cwd: root,
    env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NODE_OPTIONS: '', FORCE_COLOR: '0' },
  });
  const written = [...stderr.matchAll(/^(?:CREATE|UPDATE) (\S+) \[dry-run\]$/gm)].map(([, path]) => path);
  expect(written).toEqual([...release.projects.map((name) => `packages/${name}/package.json`), 'CHANGELOG.md']);
  const versions = [...stdout.matchAll(/^\+ +"version": "(.*)",$/gm)].map(([, version]) => version);
  expect(versions).toEqual(release.projects.map(() => versions[0]));
  expect(stdout).toContain(`\n+ ## ${versions[0]} (`);
}, 120_000);
