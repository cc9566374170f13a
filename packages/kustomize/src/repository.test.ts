import { expect, test } from '@jest/globals';
import { readRepository } from './repository.ts';
import { writeFiles } from './testing/write-files.ts';

const object = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

const files = {
  'base/kustomization.yaml':
    'resources: [a.yaml, missing.yaml]\nconfigMapGenerator:\n  - name: c\n    files: [key=c.conf]\n',
  'base/a.yaml': object('a'),
  'base/c.conf': 'x',
  'components/x/kustomization.yml': 'kind: Component\npatches:\n  - path: p.yaml\n    target: { kind: ConfigMap }\n',
  'components/x/p.yaml': object('ignored'),
  'overlays/dev/kustomization.yaml':
    'resources: [../../base, "https://github.com/x/y//z?ref=v1"]\ncomponents: [../../components/x]\npatches:\n  - patch: |-\n      kind: A\n',
  'overlays/prod/Kustomization': 'resources:\n  - ../../base\n',
  'node_modules/x/kustomization.yaml': 'resources: []\n',
};

test('finds kustomizations by any of their names, and what they name', async () => {
  await using written = await writeFiles(files);
  const repository = await readRepository(written.root);
  expect([...repository.kustomizations.keys()]).toEqual(['base', 'components/x', 'overlays/dev', 'overlays/prod']);
  const targets = (folder: string) =>
    repository.kustomizations.get(folder)?.references.map(({ at, target }) => [at.join('.'), ...Object.values(target)]);
  expect(targets('base')).toEqual([
    ['resources.0', 'file', 'base/a.yaml'],
    ['resources.1', 'missing', 'base/missing.yaml'],
    ['configMapGenerator.0.files.0', 'file', 'base/c.conf'],
  ]);
  expect(targets('overlays/dev')).toEqual([
    ['resources.0', 'kustomization', 'base'],
    ['resources.1', 'remote', 'https://github.com/x/y//z?ref=v1'],
    ['components.0', 'kustomization', 'components/x'],
  ]);
});

test('knows what depends on what, and what is deployed', async () => {
  await using written = await writeFiles(files);
  const repository = await readRepository(written.root);
  expect(repository.leaves()).toEqual(['overlays/dev', 'overlays/prod']);
  expect(repository.dependentsOf('base')).toEqual(['overlays/dev', 'overlays/prod']);
  expect(repository.closureOf('overlays/dev')).toEqual({
    folders: ['overlays/dev', 'base', 'components/x'],
    files: [
      'base/a.yaml',
      'base/c.conf',
      'base/kustomization.yaml',
      'components/x/kustomization.yml',
      'components/x/p.yaml',
      'overlays/dev/kustomization.yaml',
    ],
  });
});

test('what the ignore file lists is not there', async () => {
  await using written = await writeFiles({ ...files, '.gatefleetignore': '# tests\noverlays/ # all of them\nbas\n' });
  expect([...(await readRepository(written.root)).kustomizations.keys()]).toEqual(['base', 'components/x']);
});

test('a circle ends', async () => {
  await using written = await writeFiles({
    'a/kustomization.yaml': 'resources: [../b]\n',
    'b/kustomization.yaml': 'resources: [../a]\n',
  });
  const repository = await readRepository(written.root);
  expect(repository.closureOf('a').folders).toEqual(['a', 'b']);
});

test('a folder that is not there is an error that says so', async () => {
  await expect(readRepository('/nowhere/at/all')).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
});
