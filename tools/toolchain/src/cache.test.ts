import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  addEntry,
  assetEntry,
  buildEntry,
  entryPath,
  hasEntry,
  openCache,
  type BuildInputs,
  type Cache,
} from './cache.ts';

const inputs: BuildInputs = {
  goMod: 'module m',
  goSum: 'm v1 h1:x',
  sources: [],
  programs: { a: 'example.com/a', b: 'example.com/b' },
  flags: ['-trimpath'],
  go: { GOVERSION: 'go1.26.0', GOOS: 'linux', GOARCH: 'amd64', GOAMD64: 'v1', GOARM64: '', GOEXPERIMENT: '' },
};
const base = buildEntry('tool', 'v1.0.0', inputs);

test.each<{ change: string; to: Partial<BuildInputs> }>([
  { change: 'go.mod', to: { goMod: 'module other' } },
  { change: 'go.sum', to: { goSum: 'm v1 h1:y' } },
  { change: 'a source file', to: { sources: ['package main'] } },
  { change: 'a package', to: { programs: { a: 'example.com/a', b: 'example.com/c' } } },
  { change: "a program's name", to: { programs: { a: 'example.com/a', c: 'example.com/b' } } },
  { change: 'a flag', to: { flags: ['-trimpath', '-race'] } },
  { change: "Go's version", to: { go: { ...inputs.go, GOVERSION: 'go1.26.1' } } },
  { change: 'the processor', to: { go: { ...inputs.go, GOARCH: 'arm64' } } },
])('$change makes another entry', ({ to }) => {
  expect(buildEntry('tool', 'v1.0.0', { ...inputs, ...to })).not.toBe(base);
});

test('the order of programs and settings does not matter, and the name is readable', () => {
  const turned = {
    ...inputs,
    programs: { b: 'example.com/b', a: 'example.com/a' },
    go: Object.fromEntries(Object.entries(inputs.go).reverse()) as typeof inputs.go,
  };
  expect(buildEntry('tool', 'v1.0.0', turned)).toBe(base);
  expect(base).toMatch(/^tool-v1\.0\.0-[0-9a-f]{16}$/);
});

test('other files of a module make another entry', () => {
  const entry = (paths: string[]) => assetEntry('docs', 'v1.0.0', { goSum: 'x', paths });
  expect(entry(['manifests', 'a.sh'])).not.toBe(entry(['manifests']));
});

test.each([
  { given: 'a folder', env: { HOME: '/home/a', XDG_CACHE_HOME: '/var/cache/a' }, root: '/var/cache/a/gatefleet' },
  { given: 'nothing', env: { HOME: '/home/a' }, root: '/home/a/.cache/gatefleet' },
  { given: 'a relative folder', env: { HOME: '/home/a', XDG_CACHE_HOME: 'here' }, root: '/home/a/.cache/gatefleet' },
])('given $given in XDG_CACHE_HOME, the cache is at $root', ({ env, root }) => {
  expect(openCache(env)).toEqual({ root });
});

let cache: Cache;
beforeEach(async () => {
  cache = { root: await mkdtemp(join(tmpdir(), 'gatefleet-cache-')) };
});
afterEach(() => rm(cache.root, { recursive: true, force: true }));

test('an entry appears only when it is filled', async () => {
  await addEntry(cache, base, async (dir) => {
    await writeFile(join(dir, 'program'), 'x');
    expect(await hasEntry(cache, base)).toBe(false);
  });
  expect(await readFile(join(entryPath(cache, base), 'program'), 'utf8')).toBe('x');
});

test('a failure leaves neither entry nor staging folder', async () => {
  const failing = addEntry(cache, base, async (dir) => {
    await writeFile(join(dir, 'program'), 'x');
    throw new Error('compiler');
  });
  await expect(failing).rejects.toThrow('compiler');
  expect(await hasEntry(cache, base)).toBe(false);
  expect(await readdir(join(cache.root, 'staging'))).toEqual([]);
});

test('what a killed process left of the same entry is removed', async () => {
  await expect(addEntry(cache, 'other', () => Promise.reject(new Error()))).rejects.toThrow();
  await writeFile(join(cache.root, 'staging', `${base}.left`), 'half');
  await writeFile(join(cache.root, 'staging', 'other.left'), 'half');
  await addEntry(cache, base, async () => {});
  expect(await readdir(join(cache.root, 'staging'))).toEqual(['other.left']);
});
