import { expect, test } from '@jest/globals';
import { unifiedDiff } from './unified-diff.ts';

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `${from + i}\n`).join('');

test('shows each change with three lines around it', () => {
  const before = numbers(1, 20);
  const after = before.replace('5\n', 'five\n').replace('18\n', '18\nmore\n');
  expect(unifiedDiff({ kind: 'update', path: 'a.yaml', before, after })).toBe(`--- a/a.yaml
+++ b/a.yaml
@@ -2,7 +2,7 @@
 2
 3
 4
-5
+five
 6
 7
 8
@@ -16,5 +16,6 @@
 16
 17
 18
+more
 19
 20
`);
});

test('a new file and one that goes are told from a change', () => {
  expect(unifiedDiff({ kind: 'create', path: 'a', before: '', after: 'x\n' })).toBe(
    '--- /dev/null\n+++ b/a\n@@ -0,0 +1,1 @@\n+x\n',
  );
  expect(unifiedDiff({ kind: 'remove', path: 'a', before: 'x\n', after: '' })).toBe(
    '--- a/a\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-x\n',
  );
});
