import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readResources } from './read-resources.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatefleet-'));
});
afterEach(() => rm(root, { recursive: true }));

const write = async (files: Record<string, string>) => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
};

test('follows folders and reads every document, but no patch', async () => {
  await write({
    'kustomization.yaml': 'resources: [a.yaml, sub, "https://example.com/other"]\npatches: [{ path: patch.yaml }]\n',
    'a.yaml': 'kind: A\n---\n---\nkind: B\n',
    'patch.yaml': 'kind: A\n',
    'sub/kustomization.yaml': 'resources: [c.yaml]\n',
    'sub/c.yaml': 'kind: C\n',
  });
  expect(await readResources(root)).toEqual([
    { file: join(root, 'a.yaml'), object: { kind: 'A' } },
    { file: join(root, 'a.yaml'), object: { kind: 'B' } },
    { file: join(root, 'sub/c.yaml'), object: { kind: 'C' } },
  ]);
});

test.each([
  { given: 'a resource that is not there', files: { 'kustomization.yaml': 'resources: [gone.yaml]\n' } },
  { given: 'no kustomization', files: {} },
  { given: 'broken YAML', files: { 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': 'a: [\n' } },
])('given $given, fails and names the file', async ({ files }) => {
  await write(files);
  await expect(readResources(root)).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    message: expect.stringContaining(root),
  });
});
