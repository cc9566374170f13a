import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { componentNames, readComponents } from './read-components.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatefleet-components-'));
  for (const name of ['policies', 'tokens']) await mkdir(join(folder, name));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (file: string, text: string) => writeFile(join(folder, file), text);
const read = () => readComponents(join(folder, 'policies'), join(folder, 'tokens'));

test('a component is a policy file and a token file of its name', async () => {
  await write('policies/b.hcl', 'acl = "read"');
  await write('policies/a.hcl', '');
  await write('policies/README.md', '');
  const [a, b, next] = [randomUUID(), randomUUID(), randomUUID()];
  await write('tokens/a', `${a}\n`);
  await write('tokens/b', `${b}\n${next}\n`);
  await write('tokens/c', randomUUID());
  expect(await componentNames(join(folder, 'policies'))).toEqual(['a', 'b']);
  expect(await read()).toEqual([
    { name: 'a', rules: '', secrets: [a] },
    { name: 'b', rules: 'acl = "read"', secrets: [b, next] },
  ]);
});

test.each([
  { given: 'a policy without a token', files: { 'policies/a.hcl': '' }, says: /tokens\/a/ },
  {
    given: 'an empty token',
    files: { 'policies/a.hcl': '', 'tokens/a': '\n' },
    says: /tokens\/a: it is not one UUID a line/,
  },
  {
    given: 'a token that somebody can guess',
    files: { 'policies/a.hcl': '', 'tokens/a': `${randomUUID()}\nsecret\n` },
    says: /tokens\/a: it is not one UUID a line/,
  },
  { given: 'no policy', files: { 'tokens/a': 'a' }, says: /there is no policy/ },
])('given $given, it says so', async ({ files, says }) => {
  for (const [file, text] of Object.entries(files)) await write(file, text);
  await expect(read()).rejects.toMatchObject({ code: 'BAD_CONFIG', message: expect.stringMatching(says) });
});
