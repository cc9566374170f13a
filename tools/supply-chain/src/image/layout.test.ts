import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { writeLayout } from './layout.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatefleet-layout-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = () => writeLayout(folder, [], { created: 0, version: '1.0.0' });

test('a layout takes the place of another', async () => {
  const digest = await write();
  expect(await write()).toBe(digest);
  expect((await readdir(folder)).toSorted()).toEqual(['blobs', 'index.json', 'oci-layout']);
});

test('other files are not lost', async () => {
  await writeFile(join(folder, 'thesis.txt'), 'ten years');
  await expect(write()).rejects.toMatchObject({ code: 'FOLDER_IN_USE' });
  expect(await readdir(folder)).toEqual(['thesis.txt']);
});
