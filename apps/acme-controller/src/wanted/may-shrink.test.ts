import { expect, test } from '@jest/globals';
import { mayShrink } from './may-shrink.ts';

test.each([
  [3, 3, true],
  [10, 10, true],
  [11, 11, false],
  [100, 20, true],
  [100, 21, false],
  [5000, 1000, true],
  [5000, 1001, false],
])('of %d published %d may go: %p', (published, going, allowed) => {
  expect(mayShrink(published, going)).toBe(allowed);
});
