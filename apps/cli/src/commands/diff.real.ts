import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { writeFiles, type WrittenFiles } from '@gatefleet/kustomize/testing';
import { diffCommand } from './diff.ts';

const run = promisify(execFile);

const files = {
  'base/kustomization.yaml': 'resources: [web.yaml]\n',
  'base/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: app
          image: web:1
`,
  'overlays/dev/kustomization.yaml': 'resources: [../../base]\n',
  'overlays/staging/kustomization.yaml': 'resources: [../../base]\n',
  'overlays/production/kustomization.yaml': 'resources: [../../base]\nimages: [{ name: web, newTag: "0" }]\n',
};

let repository: WrittenFiles;
beforeEach(async () => {
  repository = await writeFiles(files);
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.org'];
  for (const args of [
    ['init', '--quiet'],
    ['add', '.'],
    [...identity, 'commit', '--quiet', '--message=one'],
  ]) {
    await run('git', ['-C', repository.root, ...args]);
  }
}, 300_000);
afterEach(async () => {
  await repository[Symbol.asyncDispose]();
});

const edit = async (file: string, from: string, to: string) => {
  const path = join(repository.root, file);
  await writeFile(path, (await readFile(path, 'utf8')).replace(from, to));
};

const diffSince = (since: string, ...environments: string[]) =>
  diffCommand({
    root: repository.root,
    environments,
    since,
    format: 'human',
    colour: false,
    progress: { step: async (_, work) => work(() => undefined) },
    signal: new AbortController().signal,
  });
const diff = (...environments: string[]) => diffSince('HEAD', ...environments);

test('a change of the base is told once for all that have it, and not for what overrides it', async () => {
  await edit('base/web.yaml', 'web:1', 'web:2');
  await edit('overlays/production/kustomization.yaml', '"0"', '"0.1"');
  expect((await diff()).text).toBe(`overlays/dev, overlays/staging
  ~ Deployment web (its Pods are replaced)
      ~ spec.template.spec.containers[app].image: web:1 → web:2

overlays/production
  ~ Deployment web (its Pods are replaced)
      ~ spec.template.spec.containers[app].image: web:0 → web:0.1

3 of 3 kustomizations change
`);
});

test('one environment is compared when it is named, and one that is not there is said', async () => {
  await edit('base/web.yaml', 'web:1', 'web:2');
  expect((await diff('production')).text).toBe('nothing changes since HEAD (1 compared)\n');
  expect(await diff('qa')).toMatchObject({
    exitCode: 2,
    text: 'nothing that is deployed is named qa; there are overlays/dev, overlays/production, overlays/staging\n',
  });
});

test('an environment that no longer builds is said, and the exit code tells', async () => {
  await edit('overlays/dev/kustomization.yaml', '../../base', '../../bose');
  const { text, exitCode } = await diff();
  expect(exitCode).toBe(1);
  expect(text).toMatch(/^overlays\/dev is not compared: rendering /);
});

test('a revision that is not there is an error with what to do', async () => {
  await expect(diffSince('nowhere')).rejects.toMatchObject({
    code: 'REVISION_UNREADABLE',
    hint: expect.stringContaining('git fetch'),
  });
});
