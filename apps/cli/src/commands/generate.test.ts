import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { generateCommand } from './generate.ts';

const repository = join(import.meta.dirname, '../../../..');

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatefleet-'));
  for (const folder of ['base', 'overlays', 'apps/argocd']) {
    await cp(join(repository, folder), join(root, folder), { recursive: true });
  }
});
afterEach(() => rm(root, { recursive: true }));

const edit = async (environment: string, from: string | RegExp, to: string) => {
  const file = join(root, 'overlays', environment, 'environment.yaml');
  const text = await readFile(file, 'utf8');
  expect(text).toMatch(from);
  await writeFile(file, text.replace(from, to));
};

test('what is committed is as generated', async () => {
  const { text, exitCode } = await generateCommand({ root, check: true });
  expect({ text, exitCode }).toEqual({ text: '4 environments, all as generated\n', exitCode: 0 });
});

test('given an edit, --check and --diff say what would change, generate does it, and then all is as generated', async () => {
  await edit('local', 'replicas: 3', 'replicas: 5');

  const checked = await generateCommand({ root, check: true });
  expect(checked).toMatchObject({
    exitCode: 1,
    value: { written: false, changes: [{ kind: 'update', path: 'overlays/local/kustomization.yaml' }] },
  });
  const shown = await generateCommand({ root, environments: ['local'], diff: true });
  expect(shown).toMatchObject({ exitCode: 0, value: { written: false } });
  expect(shown.text).toContain('+replicas:\n+  - name: traefik\n+    count: 5\n');

  const done = await generateCommand({ root, environments: ['local'] });
  expect(done).toMatchObject({ exitCode: 0, value: { written: true } });
  expect(done.text).toBe('update overlays/local/kustomization.yaml\n1 file written\n');
  expect(await generateCommand({ root, check: true })).toMatchObject({ exitCode: 0, value: { changes: [] } });
});

test('given a Deployment made a DaemonSet, no file is left over', async () => {
  await edit('production', /autoscaling:\n.*\n.*\n/, 'workload: DaemonSet\n');
  const { value } = await generateCommand({ root, environments: ['production'] });
  expect(value.changes.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
    'update apps/argocd/production/application.yaml',
    'update overlays/production/kustomization.yaml',
    'remove overlays/production/patches/traefik-autoscaling.yaml',
    'update overlays/production/patches/traefik-resources.yaml',
  ]);
});

test('given one mistake in one environment, nothing is written for any', async () => {
  await edit('local', 'replicas: 3', 'replicas: 5');
  await edit('dev', 'DaemonSet', 'Daemonset');
  const { text, value, exitCode } = await generateCommand({ root });
  expect(exitCode).toBe(1);
  expect(value).toMatchObject({ written: false, changes: [] });
  expect(text).toBe(`overlays/dev/environment.yaml:12:15
  error   spec.gateway.workload must be Deployment or DaemonSet
  found   "Daemonset"
  remedy  Write Deployment or DaemonSet, or leave it out for Deployment.

1 mistake; nothing was written
`);
  const kustomization = await readFile(join(root, 'overlays/local/kustomization.yaml'), 'utf8');
  expect(kustomization).not.toContain('count: 5');
});

test('the version Component is made once, and left alone', async () => {
  const version = join(root, 'overlays/local/version/kustomization.yaml');
  const made = await readFile(version, 'utf8');
  await writeFile(version, made.replace(/newTag: v.*/, 'newTag: v3.6.13'));
  expect(await generateCommand({ root, check: true })).toMatchObject({ exitCode: 0 });
  await rm(version);
  expect((await generateCommand({ root })).text).toBe(
    'create overlays/local/version/kustomization.yaml\n1 file written\n',
  );
  expect(await readFile(version, 'utf8')).toBe(made);
});

test('given a mistake in a version Component, nothing is written', async () => {
  await edit('local', 'replicas: 3', 'replicas: 5');
  const version = join(root, 'overlays/dev/version/kustomization.yaml');
  await writeFile(version, (await readFile(version, 'utf8')).replace('name: traefik', 'name: trafik'));
  const { text, value, exitCode } = await generateCommand({ root });
  expect(exitCode).toBe(1);
  expect(value).toMatchObject({ written: false, changes: [] });
  expect(text).toContain('found   "trafik"');
});

test('given an environment that is not there, is misuse', async () => {
  const { text, exitCode } = await generateCommand({ root, environments: ['local', 'qa'] });
  expect({ text, exitCode }).toEqual({
    text: 'no environment qa; there are dev, local, production, staging in overlays/\n',
    exitCode: 2,
  });
});
