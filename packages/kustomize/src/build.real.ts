import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ensureTools } from '@gatefleet/toolchain';
import fc from 'fast-check';
import { buildAll, type BuildResult, type BuiltObject } from './build.ts';
import { readRepository } from './repository.ts';
import type { Path } from './source-file.ts';
import { writeFiles } from './testing/write-files.ts';

let kustomize = '';
beforeAll(async () => {
  kustomize = (await ensureTools(['kustomize'])).kustomize.path;
}, 300_000);

const repositoryRoot = join(import.meta.dirname, '../../..');

async function buildFiles(files: Record<string, string>, folders: string[]): Promise<readonly BuildResult[]> {
  await using written = await writeFiles(files);
  return await buildAll(await readRepository(written.root), folders, { kustomize });
}

const built = (result: BuildResult | undefined) => {
  if (result?.kind !== 'built') throw new Error(result?.kind === 'failed' ? result.error.message : 'no result');
  return result.build;
};

interface Spec {
  readonly inner?: boolean;
  readonly outer?: boolean;
  readonly template: { readonly spec: { readonly containers: { name: string; image: string; env?: unknown }[] } };
}
const specOf = (object: BuiltObject | undefined) => object?.object['spec'] as Spec;

const place = (object: BuiltObject | undefined, ...path: Path) => {
  const { file, line, column } = object?.positionOf(path) ?? { file: '?', line: 0, column: 0 };
  return `${file}:${line}:${column}`;
};

test('every object of every committed environment has a source in the repository', async () => {
  const repository = await readRepository(repositoryRoot);
  const leaves = repository.leaves().filter((leaf) => /^(overlays|apps)\//.test(leaf));
  expect(leaves.length).toBeGreaterThanOrEqual(8);
  for (const result of await buildAll(repository, leaves, { kustomize })) {
    const { objects, trace } = built(result);
    const own = trace.resources.map(({ id }) => `${id.kind} ${id.namespace ?? ''} ${id.name}`).toSorted();
    const real = objects.map(({ id }) => `${id.kind} ${id.namespace ?? ''} ${id.name}`).toSorted();
    expect(withoutHashes(real)).toEqual(withoutHashes(own));
    for (const object of objects) {
      const isGenerated = /-[2456789bcdfghkmt]{10}$/.test(object.id.name);
      expect([object.id.name, object.positionOf(['kind']).file.endsWith('/kustomization.yaml')]).toEqual([
        object.id.name,
        isGenerated,
      ]);
    }
    for (const { subject, hits } of trace.entries) expect([subject, hits.length > 0]).toEqual([subject, true]);
  }
});

const withoutHashes = (names: readonly string[]) => names.map((name) => name.replace(/-[2456789bcdfghkmt]{10}$/, ''));

test('a value is placed where it was set last', async () => {
  const files = {
    'base/kustomization.yaml': 'resources: [web.yaml]\nlabels:\n  - pairs: { team: shop }\n',
    'base/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: sidecar
          image: side:1
        - name: app
          image: web:1
          env:
            - name: A
              value: "1"
            - name: B
              value: "1"
`,
    'overlay/kustomization.yaml': `resources: [../base]
namespace: shop
patches:
  - path: patch.yaml
  - target: { kind: Deployment }
    patch: |-
      - op: add
        path: /spec/minReadySeconds
        value: 5
replicas:
  - name: web
    count: 3
images:
  - name: side
    newTag: "2"
`,
    'overlay/patch.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: app
          env:
            - name: B
              value: "2"
`,
  };
  const [result] = await buildFiles(files, ['overlay']);
  const [web] = built(result).objects;
  const containers = ['spec', 'template', 'spec', 'containers'];
  const order = (specOf(web).template.spec.containers as { name: string }[]).map(({ name }) => name);
  const [app, side] = [order.indexOf('app'), order.indexOf('sidecar')];
  const env = (specOf(web).template.spec.containers[app]!.env as { name: string }[]).map(({ name }) => name);
  expect(place(web, 'kind')).toBe('overlay/patch.yaml:2:7');
  expect(place(web, ...containers, app, 'image')).toBe('base/web.yaml:13:18');
  expect(place(web, ...containers, app, 'env', env.indexOf('A'), 'value')).toBe('base/web.yaml:16:22');
  expect(place(web, ...containers, app, 'env', env.indexOf('B'), 'value')).toBe('overlay/patch.yaml:12:22');
  expect(place(web, ...containers, side, 'image')).toBe('overlay/kustomization.yaml:14:5');
  expect(place(web, 'spec', 'replicas')).toBe('overlay/kustomization.yaml:12:12');
  expect(place(web, 'spec', 'minReadySeconds')).toBe('overlay/kustomization.yaml:9:16');
  expect(place(web, 'metadata', 'namespace')).toBe('overlay/kustomization.yaml:2:12');
  expect(place(web, 'metadata', 'labels', 'team')).toBe('base/kustomization.yaml:3:5');
  // Nothing says it: the container that lacks it, where it is first named.
  expect(place(web, ...containers, app, 'livenessProbe')).toBe('base/web.yaml:12:11');
});

test('a generated ConfigMap is placed at its generator', async () => {
  const [result] = await buildFiles(
    { 'a/kustomization.yaml': 'configMapGenerator:\n  - name: c\n    literals: [a=1]\n' },
    ['a'],
  );
  expect(place(built(result).objects[0], 'data', 'a')).toBe('a/kustomization.yaml:2:5');
});

test('a build that fails says what kustomize said, and others go on', async () => {
  const [bad, good] = await buildFiles(
    {
      'bad/kustomization.yaml': 'resources: [missing.yaml]\n',
      'good/kustomization.yaml': 'configMapGenerator:\n  - name: c\n    literals: [a=1]\n',
    },
    ['bad', 'good'],
  );
  expect(bad).toMatchObject({ kind: 'failed', folder: 'bad', error: { code: 'BUILD_FAILED' } });
  expect(bad?.kind === 'failed' && bad.error.message).toContain('missing.yaml');
  expect(built(good).objects).toHaveLength(1);
});

test('a program that is not there is thrown, and so is an abort', async () => {
  await using written = await writeFiles({ 'a/kustomization.yaml': 'resources: []\n' });
  const repository = await readRepository(written.root);
  await expect(buildAll(repository, ['a'], { kustomize: '/nowhere/kustomize' })).rejects.toMatchObject({
    code: 'PROGRAM_MISSING',
  });
  const signal = AbortSignal.abort(new Error('stop'));
  await expect(buildAll(repository, ['a'], { kustomize, signal })).rejects.toThrow();
});

describe('against kustomize itself', () => {
  const names = ['web', 'api', 'db'] as const;
  const kinds = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
  const object = fc.record({ kind: fc.constantFrom(...kinds), name: fc.constantFrom(...names), tag: fc.nat(3) });
  const overlay = fc.record({
    prefix: fc.constantFrom('', 'p-'),
    namespace: fc.constantFrom('', 'ns'),
    image: fc.constantFrom(...names, 'none'),
    target: fc.record({ kind: fc.constantFrom(...kinds, ''), name: fc.constantFrom(...names, 'w.*', 'none', '') }),
    component: fc.boolean(),
  });

  test('what a target and an override hit is what they change', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(object, { minLength: 1, maxLength: 4, selector: ({ kind, name }) => `${kind}${name}` }),
        overlay,
        overlay,
        async (objects, inner, outer) => {
          const files = {
            'base/kustomization.yaml': 'resources: [all.yaml]\n',
            'base/all.yaml': objects.map(manifest).join('---\n'),
            'inner/kustomization.yaml': kustomization('../base', inner, 'inner'),
            'outer/kustomization.yaml': kustomization('../inner', outer, 'outer'),
            'component/kustomization.yaml':
              'kind: Component\npatches:\n  - target: { kind: Deployment }\n    patch: |-\n      - { op: add, path: /spec/component, value: true }\n',
          };
          const [result] = await buildFiles(files, ['outer']);
          const { objects: real, trace } = built(result);
          const label = ({ id }: { id: BuiltObject['id'] }) => `${id.kind}/${id.namespace ?? ''}/${id.name}`;
          expect(trace.resources.map(label).toSorted()).toEqual(real.map(label).toSorted());
          for (const [at, entry] of [['inner', inner] as const, ['outer', outer] as const]) {
            const own = trace.entries.filter(({ kustomization: { folder } }) => folder === at);
            const changed = real.filter((each) => specOf(each)[at] === true).length;
            expect(own.find(({ field }) => field === 'patches')?.hits.length).toBe(changed);
            const tagged = real.filter((each) =>
              specOf(each).template.spec.containers[0]!.image.startsWith(`${entry.image}-${at}`),
            );
            const overridden = own.find(({ field }) => field === 'images')?.hits.length ?? 0;
            // The outer override may have renamed what the inner one did.
            if (at === 'outer') expect(overridden).toBe(tagged.length);
          }
        },
      ),
      { numRuns: 40 },
    );
  }, 120_000);

  function manifest({ kind, name, tag }: { kind: string; name: string; tag: number }): string {
    return `apiVersion: apps/v1\nkind: ${kind}\nmetadata:\n  name: ${name}\nspec:\n  template:\n    spec:\n      containers:\n        - name: c\n          image: ${name}:${tag}\n`;
  }

  function kustomization(
    of: string,
    entry: {
      prefix: string;
      namespace: string;
      image: string;
      target: { kind: string; name: string };
      component: boolean;
    },
    mark: string,
  ): string {
    const { prefix, namespace, image, target, component } = entry;
    return [
      `resources: [${of}]`,
      ...(prefix === '' ? [] : [`namePrefix: ${prefix}`]),
      ...(namespace === '' ? [] : [`namespace: ${namespace}`]),
      ...(component ? ['components: [../component]'] : []),
      `images: [{ name: ${image}, newName: ${image}-${mark} }]`,
      'patches:',
      `  - target: { kind: "${target.kind}", name: "${target.name}" }`,
      `    patch: |-\n      - { op: add, path: /spec/${mark}, value: true }`,
      '',
    ].join('\n');
  }
});
