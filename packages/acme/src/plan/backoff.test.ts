import { expect, test } from '@jest/globals';
import { backoffMs, type Failure } from './backoff.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

test.each<{ failure: Failure; failures: number; then: number }>([
  { failure: 'spent', failures: 1, then: MINUTE },
  { failure: 'spent', failures: 2, then: 2 * MINUTE },
  { failure: 'spent', failures: 9, then: 256 * MINUTE },
  { failure: 'spent', failures: 10, then: 360 * MINUTE },
  { failure: 'spent', failures: 10_000, then: 360 * MINUTE },
  { failure: 'unspent', failures: 1, then: 2 * SECOND },
  { failure: 'unspent', failures: 4, then: 16 * SECOND },
  { failure: 'unspent', failures: 9, then: 5 * MINUTE },
])('given $failures $failure in a row, the wait is $then ms, less at most a tenth', ({ failure, failures, then }) => {
  expect(backoffMs(failure, failures, () => 0)).toBe(then);
  const shortest = backoffMs(failure, failures, () => 0.999_999);
  expect(shortest).toBeGreaterThanOrEqual(then * 0.9);
  expect(shortest).toBeLessThan(then * 0.91);
});
