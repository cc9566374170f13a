import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { writeFiles } from '@gatefleet/kustomize/testing';
import { flushChanges } from 'nx/src/generators/tree';
import { staged, stagedTree } from '../testing/staged-tree.ts';
import baseGenerator from './base.ts';
import componentGenerator from './component.ts';
import environmentGenerator, { type EnvironmentOptions } from './environment.ts';
import syncOverlays from './sync-overlays.ts';

const repository = join(import.meta.dirname, '../../../..');

test('an environment is its environment.yaml and all that is generated from it', async () => {
  const tree = stagedTree(repository);
  await environmentGenerator(tree, { name: 'qa', domain: 'qa.example.com' });
  expect(staged(tree)).toEqual(
    expect.arrayContaining([
      'CREATE apps/argocd/qa/application.yaml',
      'CREATE overlays/qa/environment.yaml',
      'CREATE overlays/qa/kustomization.yaml',
      'CREATE overlays/qa/version/kustomization.yaml',
    ]),
  );
  expect(staged(tree).filter((change) => !/^CREATE (overlays|apps\/argocd)\/qa\//.test(change))).toEqual([]);
  expect(tree.read('overlays/qa/environment.yaml', 'utf8')).toContain('email: platform@example.com');
});

test('an environment is as its options say', async () => {
  const tree = stagedTree(repository);
  const email = 'web@example.org';
  const options = {
    name: 'qa',
    domain: 'qa.example.com',
    email,
    cluster: 'qa-eu',
    stage: 'production',
    preset: 'aws',
  } as const;
  await environmentGenerator(tree, options);
  expect(tree.read('overlays/qa/environment.yaml', 'utf8'))
    .toBe(`# yaml-language-server: $schema=../../packages/environment/environment.schema.json
apiVersion: gatefleet.dev/v1alpha1
kind: Environment
metadata:
  name: qa
spec:
  stage: production
  preset: aws
  cluster:
    name: qa-eu
  domains:
    - qa.example.com
  certificates:
    issuers:
      - letsencrypt
    email: web@example.org
`);
});

test.each<{ given: string; options: EnvironmentOptions; code: string; says: string }>([
  { given: 'no domain', options: { name: 'qa' }, code: 'INVALID_OPTION', says: 'no domain' },
  { given: 'no domain name', options: { name: 'qa', domain: 'a b' }, code: 'INVALID_OPTION', says: 'domains' },
  {
    given: 'no name for a folder',
    options: { name: '../qa', domain: 'a.example' },
    code: 'INVALID_OPTION',
    says: '../qa',
  },
  {
    given: 'the name of another',
    options: { name: 'dev', domain: 'a.example' },
    code: 'ALREADY_THERE',
    says: 'overlays/dev',
  },
])('given $given, an environment is not made', async ({ options, code, says }) => {
  const tree = stagedTree(repository);
  const made = environmentGenerator(tree, options);
  await expect(made).rejects.toMatchObject({ code, message: expect.stringContaining(says) });
  expect(staged(tree)).toEqual([]);
});

test('in a workspace without environment.yaml, an environment is an overlay over the base that is named', async () => {
  await using written = await writeFiles({ 'deploy/base/kustomization.yaml': 'resources: [a.yaml]\n' });
  const tree = stagedTree(written.root);
  await environmentGenerator(tree, { name: 'qa', directory: 'deploy/envs', base: 'deploy/base' });
  expect(tree.read('deploy/envs/qa/kustomization.yaml', 'utf8')).toBe(
    'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - ../../base\n',
  );
  await expect(environmentGenerator(tree, { name: 'b' })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
});

test('a Component patches the object that it is for', async () => {
  await using written = await writeFiles({});
  const tree = stagedTree(written.root);
  componentGenerator(tree, { name: 'debug', kind: 'Deployment', target: 'traefik' });
  expect(staged(tree)).toEqual([
    'CREATE base/components/debug/kustomization.yaml',
    'CREATE base/components/debug/traefik-debug.yaml',
  ]);
  expect(tree.read('base/components/debug/traefik-debug.yaml', 'utf8')).toBe(
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: traefik\n# Below: what debug changes in it.\n',
  );
  expect(() => componentGenerator(tree, { name: 'debug', kind: 'Service', target: 'a' })).toThrow('already');
});

test('a base is named by the kustomization above it, whose comments stay', async () => {
  await using written = await writeFiles({
    'base/kustomization.yaml': 'resources:\n  - consul # first\nlabels: []\n',
  });
  const tree = stagedTree(written.root);
  baseGenerator(tree, { name: 'api', image: 'example.org/api:1.0' });
  expect(staged(tree)).toEqual([
    'CREATE base/api/deployment.yaml',
    'CREATE base/api/kustomization.yaml',
    'CREATE base/api/service.yaml',
    'UPDATE base/kustomization.yaml',
  ]);
  expect(tree.read('base/kustomization.yaml', 'utf8')).toBe('resources:\n  - consul # first\n  - api\nlabels: []\n');
});

test('nx sync makes what is missing, finds nothing to do then, and remakes what has changed', async () => {
  const file = 'overlays/qa/environment.yaml';
  const text = (cluster: string) =>
    `apiVersion: gatefleet.dev/v1alpha1\nkind: Environment\nmetadata: { name: qa }\nspec: { cluster: { name: ${cluster} }, domains: [a.example.com], certificates: { email: a@example.com } }\n`;
  await using written = await writeFiles({ [file]: text('eu') });
  const { root } = written;
  await cp(join(repository, 'base'), join(root, 'base'), { recursive: true });

  const first = stagedTree(root);
  expect(await syncOverlays(first)).toMatchObject({
    outOfSyncDetails: expect.arrayContaining(['create overlays/qa/kustomization.yaml']),
  });
  flushChanges(root, first.listChanges());
  expect(await syncOverlays(stagedTree(root))).toBeUndefined();

  await writeFile(join(root, file), text('us'));
  const last = stagedTree(root);
  expect(await syncOverlays(last)).toMatchObject({
    outOfSyncDetails: ['update apps/argocd/qa/application.yaml', 'update apps/argocd/qa/appproject.yaml'],
  });
  expect(last.read('apps/argocd/qa/application.yaml', 'utf8')).toContain('name: us');
});

test('nx sync names each mistake, and writes nothing', async () => {
  const tree = stagedTree(repository);
  tree.write('overlays/qa/environment.yaml', 'apiVersion: gatefleet.dev/v1alpha1\nkind: Environment\n');
  await expect(syncOverlays(tree)).rejects.toMatchObject({
    code: 'ENVIRONMENT_INVALID',
    message: expect.stringMatching(/metadata[^]*spec/),
  });
  expect(staged(tree)).toEqual(['CREATE overlays/qa/environment.yaml']);
});
