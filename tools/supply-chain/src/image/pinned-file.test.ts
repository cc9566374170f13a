import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { pinnedFile } from './pinned-file.ts';

const checksum = 'sha256-2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae';
const served = (text: string) => {
  const fetch = async () => {
    fetch.calls++;
    return Buffer.from(text);
  };
  fetch.calls = 0;
  return fetch;
};

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'gatefleet-pinned-'));
});
afterEach(() => rm(cache, { recursive: true, force: true }));

test('what has the checksum is fetched once and kept', async () => {
  const fetch = served('foo');
  const path = await pinnedFile(cache, 'foo_1', checksum, fetch);
  expect(await pinnedFile(cache, 'foo_1', checksum, fetch)).toBe(path);
  expect(await readFile(path, 'utf8')).toBe('foo');
  expect(fetch.calls).toBe(1);
});

test('what has another checksum is refused, and not kept', async () => {
  await expect(pinnedFile(cache, 'foo_1', checksum, served('bar'))).rejects.toMatchObject({ code: 'CHECKSUM_WRONG' });
  expect(await readdir(cache)).toEqual([]);
});

test('what was changed in the cache is fetched again', async () => {
  const path = await pinnedFile(cache, 'foo_1', checksum, served('foo'));
  await writeFile(path, 'bar');
  await pinnedFile(cache, 'foo_1', checksum, served('foo'));
  expect(await readFile(path, 'utf8')).toBe('foo');
});
