import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildPackage } from './build-package.ts';

const root = join(import.meta.dirname, '../../../..');
const run = promisify(execFile);
const { release } = JSON.parse(await readFile(join(root, 'nx.json'), 'utf8')) as { release: { projects: string[] } };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatefleet-package-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(release.projects)('%s', (name) => {
  let built: string;
  beforeAll(async () => {
    built = join(folder, name);
    await buildPackage(join(root, 'packages', name), built);
  }, 120_000);

  test('it has what a stranger looks for, and nothing that is for tests', async () => {
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json'], { cwd: built });
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'src/index.js']));
    expect(paths.filter((path) => /(^|\/)testing\/|\.(test|real|contract)\.|(?<!\.d)\.ts$/.test(path))).toEqual([]);
    const manifest = JSON.parse(await readFile(join(built, 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({ license: 'Apache-2.0', description: expect.any(String) });
    expect(manifest.repository.url).toBe('git+https://github.com/gatefleet/gatefleet.git');
    expect(manifest).not.toHaveProperty('private');
  });

  test('another version than that of the release is refused', async () => {
    const wrong = buildPackage(join(root, 'packages', name), join(folder, 'wrong'), '9.9.9');
    await expect(wrong).rejects.toMatchObject({ code: 'VERSION_WRONG' });
  });
});

test('other files are not lost, and what was built before is built anew', async () => {
  const client = join(root, 'packages/argocd-ts-client');
  const other = join(folder, 'other');
  await mkdir(other);
  await writeFile(join(other, 'thesis.txt'), 'ten years');
  await expect(buildPackage(client, other)).rejects.toMatchObject({ code: 'FOLDER_IN_USE' });
  expect(await readdir(other)).toEqual(['thesis.txt']);
  await cp(join(client, 'package.json'), join(other, 'package.json'));
  await expect(buildPackage(client, other)).rejects.toMatchObject({ code: 'FOLDER_IN_USE' });

  const built = join(folder, 'argocd-ts-client');
  await writeFile(join(built, 'stale.js'), '');
  await buildPackage(client, built);
  expect(await readdir(built)).not.toContain('stale.js');
}, 120_000);

test('argocd-ts-client: a program elsewhere has its functions and its types', async () => {
  const elsewhere = join(folder, 'elsewhere');
  const modules = join(elsewhere, 'node_modules');
  await mkdir(modules, { recursive: true });
  await cp(join(folder, 'argocd-ts-client'), join(modules, 'argocd-ts-client'), { recursive: true });
  for (const name of ['openapi-fetch', 'openapi-typescript-helpers', '@types', 'undici-types']) {
    await symlink(join(root, 'node_modules', name), join(modules, name));
  }
  const use = (server: string) => `import { connectArgoCd, ArgoCdError } from 'argocd-ts-client';
    export const client = () => connectArgoCd({ server: ${server}, token: 'x' });
    console.log(typeof connectArgoCd, ArgoCdError.name);`;
  await writeFile(join(elsewhere, 'package.json'), '{ "type": "module" }');
  await writeFile(join(elsewhere, 'good.ts'), use("'https://argocd.example.com'"));
  await writeFile(join(elsewhere, 'bad.ts'), use('1'));
  const { stdout } = await run(process.execPath, [join(elsewhere, 'good.ts')]);
  expect(stdout).toBe('function ArgoCdError\n');

  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', 'node'];
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const faultsIn = (file: string) =>
    spawnSync(process.execPath, [compiler, ...options, file], { cwd: elsewhere, encoding: 'utf8' }).stdout;
  expect(faultsIn('good.ts')).toBe('');
  expect(faultsIn('bad.ts')).toContain("Type 'number' is not assignable to type 'string'");
}, 120_000);
