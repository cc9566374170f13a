import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../../../..');
const run = promisify(execFile);

test('a dry run of a release writes its version to every package that is published, and to nothing else', async () => {
  const { release } = JSON.parse(await readFile(join(root, 'nx.json'), 'utf8')) as { release: { projects: string[] } };
  const nx = join(root, 'node_modules/.bin/nx');
  const { stdout, stderr } = await run(nx, ['release', 'version', '9.9.9', '--dry-run', '--first-release'], {
    cwd: root,
    env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NODE_OPTIONS: '', FORCE_COLOR: '0' },
  });
  const files = [...stderr.matchAll(/^[A-Z]+ (\S+) \[dry-run\]$/gm)].map(([, path]) => path);
  expect(files).toEqual(release.projects.map((name) => `packages/${name}/package.json`));
  const added = stdout.split('\n').filter((line) => line.startsWith('+'));
  expect(added).toEqual(files.map(() => '+   "version": "9.9.9",'));
}, 120_000);
