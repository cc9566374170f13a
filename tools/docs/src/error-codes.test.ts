import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { codesInPage, codesInSource } from './error-codes.ts';

const root = join(import.meta.dirname, '../../..');

test('a class of errors and its codes are found in a source', () => {
  const source = `
    export type XErrorCode = /** One. */ 'ONE' | 'TWO';
    export class XError extends Error { readonly code: XErrorCode; }
    export class YError extends Error { readonly code = 'ONLY'; }
    export class Uncoded extends Error {}
    export class HttpError extends Error { readonly code: number | undefined; }
    export class NoError { readonly code = 'NOT'; }`;
  expect(codesInSource(source)).toEqual(
    new Map([
      ['XError', ['ONE', 'TWO']],
      ['YError', ['ONLY']],
    ]),
  );
});

test('docs/errors.md has a row for every code in the sources, and no other', () => {
  const sources = globSync('{packages,apps,tools}/*/src/**/*.ts', {
    cwd: root,
    exclude: (path) => /\.(test|real)\.ts$/.test(path),
  });
  const inSources = sources.flatMap((path) => [...codesInSource(readFileSync(join(root, path), 'utf8'))]);
  expect(inSources.length).toBeGreaterThan(5);
  const inPage = codesInPage(readFileSync(join(root, 'docs/errors.md'), 'utf8'));
  expect(Object.fromEntries(inPage)).toEqual(Object.fromEntries(inSources));
});

test('docs/README.md names every decision', () => {
  const index = readFileSync(join(root, 'docs/README.md'), 'utf8');
  const decisions = globSync('*.md', { cwd: join(root, 'docs/decisions') });
  expect(decisions.filter((file) => !index.includes(`(decisions/${file})`))).toEqual([]);
});

test('every link between pages of the repository leads to a file', () => {
  const pages = globSync('{*.md,docs/**/*.md,packages/*/*.md,apps/*/*.md,tools/*/*.md}', { cwd: root });
  const broken = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !existsSync(join(root, page, '..', target)))
      .map((target) => `${page}: ${target}`),
  );
  expect(broken).toEqual([]);
});
