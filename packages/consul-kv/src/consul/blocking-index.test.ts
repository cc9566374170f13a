import { expect, test } from '@jest/globals';
import { nextBlockingIndex } from './blocking-index.ts';

test.each([
  { given: 'the first answer', last: 0, answered: 12, then: 12 },
  { given: 'a change', last: 12, answered: 15, then: 15 },
  { given: 'no change', last: 15, answered: 15, then: 15 },
  { given: 'an index that fell', last: 15, answered: 3, then: 0 },
  { given: 'an empty store without an index', last: 0, answered: 0, then: 1 },
])('given $given, the next query asks with $then', ({ last, answered, then }) => {
  expect(nextBlockingIndex(last, answered)).toBe(then);
});
