import { expect, test } from '@jest/globals';
import { refUpdates } from './ref-updates.ts';

test('a ref that is made, moved or deleted is told; one that stays is not', () => {
  const before = new Map([
    ['refs/heads/gone', 'a'],
    ['refs/heads/main', 'b'],
    ['refs/heads/same', 'c'],
  ]);
  const after = new Map([
    ['refs/heads/main', 'd'],
    ['refs/heads/new', 'e'],
    ['refs/heads/same', 'c'],
  ]);
  expect(refUpdates(before, after)).toEqual([
    { ref: 'refs/heads/gone', old: 'a', new: undefined },
    { ref: 'refs/heads/main', old: 'b', new: 'd' },
    { ref: 'refs/heads/new', old: undefined, new: 'e' },
  ]);
});
