import { expect, test } from '@jest/globals';
import { mayShrink } from './may-shrink.ts';

test.each([
  [1, 1, true],
  [2, 1, true],
  [2, 2, false],
  [3, 2, false],
  [10, 5, true],
  [10, 6, false],
  [10, 10, false],
  [20, 10, true],
  [21, 11, false],
  [100, 20, true],
  [100, 21, false],
  [5000, 1000, true],
  [5000, 1001, false],
])('of %d published %d may go: %p', (published, going, allowed) => {
  expect(mayShrink(published, going)).toBe(allowed);
});
