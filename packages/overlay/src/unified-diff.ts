import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { Change } from './changes.ts';

/** The change as `diff -u` and git show it. */
export function unifiedDiff({ kind, path, before, after }: Change): string {
  const from = kind === 'create' ? '/dev/null' : `a/${path}`;
  const to = kind === 'remove' ? '/dev/null' : `b/${path}`;
  return createTwoFilesPatch(from, to, before, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
}
