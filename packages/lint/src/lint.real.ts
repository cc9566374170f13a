import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { ensureTools } from '@gatefleet/toolchain';
import { lint } from './lint.ts';
import { printed, lintFiles, type Files } from './testing/lint-files.ts';

let kustomize = '';
beforeAll(async () => {
  kustomize = (await ensureTools(['kustomize'])).kustomize.path;
}, 300_000);

const root = join(import.meta.dirname, '../../..');

test('nothing is found in the committed repository', async () => {
  const { findings, checked } = await lint({ root, kustomize });
  expect(findings.map(printed)).toEqual([]);
  expect(checked.environments).toBe(4);
  expect(checked.builds).toBeGreaterThanOrEqual(8);
});

const environment = `apiVersion: gatefleet.dev/v1alpha1
kind: Environment
metadata: { name: dev }
spec:
  cluster: { name: dev-eu }
  domains: [dev.example.com]
  certificates: { email: platform@example.com, issuers: [wrong] }
`;

test('an environment.yaml with mistakes is found out, and the rest is looked at all the same', async () => {
  const found = await lintFiles(
    {
      'overlays/dev/environment.yaml': environment,
      'overlays/dev/kustomization.yaml': 'resources: [a.yaml]\nimages: [{ name: x, newTag: v2 }]\n',
      'overlays/dev/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n',
    },
    kustomize,
  );
  expect(found.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
    expect.stringMatching(/^error environment-valid overlays\/dev\/environment.yaml:7:/),
    'error image-override-matches overlays/dev/kustomization.yaml:2:10',
  ]);
});

test('a build that fails is told with kustomize’s words; one whose cause is known is told at the cause', async () => {
  const found = await lintFiles(
    {
      'a/kustomization.yaml': 'resources: [missing.yaml]\n',
      'b/kustomization.yaml': 'resources: [x.yaml, x.yaml]\n',
      'b/x.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n',
    },
    kustomize,
    undefined,
  );
  expect(found).toEqual([
    'error reference-exists a/kustomization.yaml:1:13 resources names missing.yaml, which is not there → Correct the path, or add what it names.',
    expect.stringMatching(/^error builds b\/kustomization.yaml:1:1 rendering b: .*already registered id/),
  ]);
});

test('a file that is not YAML is found with its line', async () => {
  const files = { 'a/kustomization.yaml': 'resources: [x.yaml]\n', 'a/x.yaml': 'kind: A\nmetadata: [\n' };
  expect(await lintFiles(files, kustomize)).toEqual([expect.stringMatching(/^error yaml-valid a\/x.yaml:3:1 /)]);
});

test('what a base has wrong is told once, with every environment', async () => {
  await expect(
    lintFiles(
      {
        'base/kustomization.yaml': 'resources: [x.yaml]\nimages: [{ name: x, newTag: v2 }]\n',
        'base/x.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n',
        'dev/kustomization.yaml': 'resources: [../base]\n',
        'prod/kustomization.yaml': 'resources: [../base]\n',
      },
      kustomize,
    ),
  ).resolves.toHaveLength(1);
});

const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n';
const valid = environment.replace('[wrong]', '[letsencrypt-staging]');

test.each([
  {
    rule: 'environment-valid',
    files: { 'overlays/dev/environment.yaml': environment, 'overlays/dev/kustomization.yaml': 'resources: []\n' },
    remedied: { 'overlays/dev/environment.yaml': valid },
  },
  {
    rule: 'yaml-valid',
    files: { 'a/kustomization.yaml': 'resources: [x.yaml]\n', 'a/x.yaml': `${configMap}data: [\n` },
    remedied: { 'a/x.yaml': configMap },
  },
  {
    rule: 'builds',
    files: { 'a/kustomization.yaml': 'resources: [x.yaml, x.yaml]\n', 'a/x.yaml': configMap },
    remedied: { 'a/kustomization.yaml': 'resources: [x.yaml]\n' },
  },
])('$rule is gone when its remedy is followed', async ({ rule, files, remedied }) => {
  const rulesIn = (found: readonly string[]) => found.map((line) => line.split(' ')[1]);
  expect(rulesIn(await lintFiles(files as Files, kustomize))).toEqual([rule]);
  expect(await lintFiles({ ...files, ...remedied }, kustomize)).toEqual([]);
});
