import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { commitFiles, type CommittedFiles } from '../testing/committed-files.ts';
import { diffCommand } from './diff.ts';

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

let repository: CommittedFiles;
beforeEach(async () => {
  repository = await commitFiles(files);
}, 300_000);
afterEach(async () => {
  await repository[Symbol.asyncDispose]();
});

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
  await repository.edit('base/web.yaml', 'web:1', 'web:2');
  await repository.edit('overlays/production/kustomization.yaml', '"0"', '"0.1"');
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
  await repository.edit('base/web.yaml', 'web:1', 'web:2');
  expect((await diff('production')).text).toBe('nothing changes since HEAD (1 compared)\n');
  expect(await diff('qa')).toMatchObject({
    exitCode: 2,
    text: 'nothing that is deployed is named qa; there are overlays/dev, overlays/production, overlays/staging\n',
  });
});

test('an environment that no longer builds is said, and the exit code tells', async () => {
  await repository.edit('overlays/dev/kustomization.yaml', '../../base', '../../bose');
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
