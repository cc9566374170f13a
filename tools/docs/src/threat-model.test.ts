import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const docs = join(import.meta.dirname, '../../../docs');
const text = await readFile(join(docs, 'threat-model.md'), 'utf8');
const [claims = '', list = ''] = text.split('\n## The tests\n');
const tests = [...list.matchAll(/^\| (?<id>[A-Z]\d+) +\| \[.*?\]\((?<file>.*?)\) +\| (?<title>.*?) +\|$/gm)].map(
  ({ groups }) => groups as { id: string; file: string; title: string },
);

test.each(tests)('$id is a test of that name in $file', async ({ file, title }) => {
  const source = await readFile(join(docs, file), 'utf8');
  // Several in one file, and a row of a table by what is given in it.
  const missing = title
    .split('; ')
    .filter((one) => !source.includes(one) && !source.includes(one.replace('given ', '')));
  expect(missing).toEqual([]);
});

test('every test that a line names is in the list, and every one in the list is named by a line', () => {
  const named = new Set([...claims.matchAll(/\b[A-Z]\d+\b/g)].map(([id]) => id));
  expect([...named].toSorted()).toEqual(tests.map(({ id }) => id).toSorted());
});
