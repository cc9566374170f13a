import { expect, test } from '@jest/globals';
import { readRepository } from '../repository.ts';
import { writeFiles } from '../testing/write-files.ts';
import { trace } from './trace.ts';

const web = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: { tier: front }
spec:
  template:
    spec:
      containers:
        - name: app
          image: registry.test:5000/shop/web:1
`;
const base = { 'base/kustomization.yaml': 'resources: [web.yaml]\n', 'base/web.yaml': web };

async function traced(files: Record<string, string>, folder = 'overlay') {
  await using written = await writeFiles({ ...base, ...files });
  return trace(await readRepository(written.root), folder);
}

const entriesOf = async (overlay: string, more: Record<string, string> = {}) => {
  const { entries } = await traced({ 'overlay/kustomization.yaml': `resources: [../base]\n${overlay}`, ...more });
  return entries.map(({ subject, hits, position, ignoredKind }) => ({
    subject,
    hits: hits.map(({ kind, name }) => `${kind} ${name}`),
    line: position.line,
    ...(ignoredKind !== undefined && { ignored: `${ignoredKind.kind} at line ${ignoredKind.position.line}` }),
  }));
};

test.each<[string, string, string, string[], number]>([
  [
    'a patch finds its object by kind and name',
    'patches:\n  - patch: |-\n      apiVersion: apps/v1\n      kind: Deployment\n      metadata: { name: web }\n',
    'patch of Deployment web',
    ['Deployment web'],
    3,
  ],
  [
    'a patch of another name finds nothing',
    'patches:\n  - patch: |-\n      apiVersion: apps/v1\n      kind: Deployment\n      metadata: { name: wep }\n',
    'patch of Deployment wep',
    [],
    3,
  ],
  [
    'a patch of another version finds nothing',
    'patches:\n  - patch: |-\n      apiVersion: apps/v1beta1\n      kind: Deployment\n      metadata: { name: web }\n',
    'patch of Deployment web',
    [],
    3,
  ],
  [
    'a patch that names a namespace the object has not finds nothing',
    'patches:\n  - patch: |-\n      apiVersion: apps/v1\n      kind: Deployment\n      metadata: { name: web, namespace: x }\n',
    'patch of Deployment x/web',
    [],
    3,
  ],
  [
    'a target is an anchored expression',
    'patches:\n  - target: { kind: Deployment, name: we }\n    patch: "[{op: add, path: /spec/x, value: 1}]"\n',
    'patch of Deployment we',
    [],
    3,
  ],
  [
    'a target selects by expression',
    'patches:\n  - target: { name: w.* }\n    patch: "[{op: add, path: /spec/x, value: 1}]"\n',
    'patch of any kind w.*',
    ['Deployment web'],
    3,
  ],
  [
    'a target selects by label',
    'patches:\n  - target: { labelSelector: "tier in (front, back),!old" }\n    patch: "[{op: add, path: /spec/x, value: 1}]"\n',
    'patch of any kind (labelSelector tier in (front, back),!old)',
    ['Deployment web'],
    3,
  ],
  [
    'a label that is not there selects nothing',
    'patches:\n  - target: { labelSelector: tier=back }\n    patch: "[{op: add, path: /spec/x, value: 1}]"\n',
    'patch of any kind (labelSelector tier=back)',
    [],
    3,
  ],
  [
    'an image is found by its name, registry and port included',
    'images:\n  - name: registry.test:5000/shop/web\n    newTag: "2"\n',
    'image registry.test:5000/shop/web',
    ['Deployment web'],
    3,
  ],
  ['an image of another name is not found', 'images:\n  - name: shop/web\n    newTag: "2"\n', 'image shop/web', [], 3],
  ['replicas find a Deployment', 'replicas:\n  - name: web\n    count: 2\n', 'replicas of web', ['Deployment web'], 3],
  ['replicas of another name find nothing', 'replicas:\n  - name: app\n    count: 2\n', 'replicas of app', [], 3],
])('%s', async (_, overlay, subject, hits, line) => {
  expect(await entriesOf(overlay)).toEqual([{ subject, hits, line }]);
});

test('a patch of another kind on its target is seen, and where it says so', async () => {
  const patch =
    'patches:\n  - target: { kind: Deployment }\n    patch: |-\n      apiVersion: apps/v1\n      kind: DaemonSet\n      metadata: { name: web }\n';
  expect(await entriesOf(patch)).toEqual([
    { subject: 'patch of Deployment', hits: ['Deployment web'], line: 3, ignored: 'DaemonSet at line 6' },
  ]);
  expect((await entriesOf(`${patch}    options: { allowKindChange: true }\n`))[0]).not.toHaveProperty('ignored');
});

test('an object is found by every name that it had', async () => {
  const { entries } = await traced({
    'middle/kustomization.yaml': 'resources: [../base]\nnamePrefix: a-\nnamespace: n\n',
    'overlay/kustomization.yaml': `resources: [../middle]
patches:
  - patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: web }
  - patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: a-web, namespace: n }
  - patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: a-web }
`,
  });
  expect(entries.map(({ hits }) => hits.length)).toEqual([1, 1, 0]);
});

test('a Component that does nothing is told from one that does', async () => {
  const { components } = await traced({
    'overlay/kustomization.yaml': 'resources: [../base]\ncomponents: [../does, ../idle]\n',
    'does/kustomization.yaml': 'kind: Component\nimages:\n  - name: registry.test:5000/shop/web\n    newTag: "2"\n',
    'idle/kustomization.yaml': 'kind: Component\nimages:\n  - name: nothing\n    newTag: "2"\n',
  });
  expect(components.map(({ folder, isEffective }) => [folder, isEffective])).toEqual([
    ['does', true],
    ['idle', false],
  ]);
});

test('what it cannot follow it says', async () => {
  const { untraced } = await traced({
    'overlay/kustomization.yaml': 'resources: [../base, "https://example.com/x//y?ref=1"]\ntransformers: [x.yaml]\n',
  });
  expect(untraced.map(({ line, column }) => `${line}:${column}`)).toEqual(['2:1', '1:22']);
});

test('an image override after another sees the new name', async () => {
  const { entries } = await traced({
    'middle/kustomization.yaml':
      'resources: [../base]\nimages:\n  - { name: registry.test:5000/shop/web, newName: web }\n',
    'overlay/kustomization.yaml':
      'resources: [../middle]\nimages:\n  - { name: web, newTag: "3" }\n  - { name: registry.test:5000/shop/web, newTag: "4" }\n',
  });
  expect(entries.map(({ hits }) => hits.length)).toEqual([1, 1, 0]);
});
