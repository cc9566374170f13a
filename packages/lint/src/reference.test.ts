import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { rulesReference } from './reference.ts';
import { rules } from './rules/index.ts';

test('the reference page is what the rules say; `npm run generate` here rewrites it', async () => {
  const page = await readFile(new URL('../../../docs/reference/lint-rules.md', import.meta.url), 'utf8');
  expect(page).toBe(rulesReference());
});

test('every rule has an id of its own, and says what, why and what to do in whole sentences', () => {
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  for (const { id, summary, why, remedy } of rules) {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/);
    for (const text of [summary, why, remedy]) expect(`${id}: ${text}`).toMatch(/: [A-Zk].*[.]$|: .*https:\/\/\S+$/);
  }
});
