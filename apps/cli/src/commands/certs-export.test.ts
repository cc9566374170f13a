import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { writePrivately } from './certs-export.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatefleet-export-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a backup replaces another that everybody could read, and is for its owner alone', async () => {
  const file = join(folder, 'backup');
  await writeFile(file, 'old', { mode: 0o644 });
  await writePrivately(file, Buffer.from('new'));
  expect(await readFile(file, 'utf8')).toBe('new');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['backup']);
});

test('where it cannot be written, nothing is left', async () => {
  await expect(writePrivately(join(folder, 'no/backup'), Buffer.from('x'))).rejects.toMatchObject({
    code: 'BAD_ARGUMENT',
  });
  expect(await readdir(folder)).toEqual([]);
});
