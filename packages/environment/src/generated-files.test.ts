import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { generatedFiles } from './generated-files.ts';

test.each([...generatedFiles()])(
  '%s is what the schema says; `npm run generate` here rewrites it',
  async (path, content) => {
    expect(await readFile(new URL(`../../../${path}`, import.meta.url), 'utf8')).toBe(content);
  },
);

test('every field of the reference page says what it means', () => {
  const page = generatedFiles().get('docs/reference/environment.md') ?? '';
  const undescribed = page.split('\n').filter((line) => line.startsWith('|') && /\|\s*\|$/.test(line));
  expect(undescribed).toEqual([]);
});
