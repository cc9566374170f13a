import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { applyChanges, changesOf, type RepositoryPlan } from './changes.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatefleet-'));
});
afterEach(() => rm(root, { recursive: true }));

const write = async (path: string, text: string) => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};
const files = async () =>
  (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
const plan = (planned: Record<string, string>): RepositoryPlan => ({
  files: new Map(Object.entries(planned)),
  initial: new Map(),
  owned: ['a/patches'],
});

test('creates, updates and removes what differs, and then finds nothing to do', async () => {
  await write('a/changed.yaml', 'old\n');
  await write('a/same.yaml', 'same\n');
  await write('a/patches/stale.yaml', '# Generated from environment.yaml\n');
  await write('a/patches/by-hand.yaml', '# mine\n');
  const wanted = plan({ 'a/changed.yaml': 'new\n', 'a/same.yaml': 'same\n', 'a/patches/new.yaml': 'here\n' });

  const changes = await changesOf(wanted, root);
  expect(changes.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
    'update a/changed.yaml',
    'create a/patches/new.yaml',
    'remove a/patches/stale.yaml',
  ]);
  await applyChanges(changes, root);

  expect(await changesOf(wanted, root)).toEqual([]);
  expect(await readFile(join(root, 'a/changed.yaml'), 'utf8')).toBe('new\n');
  expect((await files()).map(({ name }) => name).toSorted()).toEqual([
    'by-hand.yaml',
    'changed.yaml',
    'new.yaml',
    'same.yaml',
  ]);
});

test('given a file that cannot be written, leaves every other as it was', async () => {
  await write('a/first.yaml', 'old\n');
  await write('b', 'a file where a folder is needed\n');
  const changes = await changesOf(plan({ 'a/first.yaml': 'new\n' }), root);
  const impossible = { kind: 'create', path: 'b/second.yaml', before: '', after: 'new\n' } as const;

  await expect(applyChanges([...changes, impossible], root)).rejects.toMatchObject({ code: 'WRITE_FAILED' });

  expect(await readFile(join(root, 'a/first.yaml'), 'utf8')).toBe('old\n');
  expect(await files()).toHaveLength(2);
});

test('what is the user’s from its making on is made when it is missing, and then left alone', async () => {
  const wanted: RepositoryPlan = { ...plan({}), initial: new Map([['a/version.yaml', 'first\n']]) };
  const changes = await changesOf(wanted, root);
  expect(changes).toEqual([{ kind: 'create', path: 'a/version.yaml', before: '', after: 'first\n' }]);
  await applyChanges(changes, root);
  expect(await changesOf(wanted, root)).toEqual([]);
  await write('a/version.yaml', 'another\n');
  expect(await changesOf(wanted, root)).toEqual([]);
});
