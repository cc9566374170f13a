import { expect, test } from '@jest/globals';
import { retryAfterOf } from './retry-after.ts';

const now = new Date('2026-03-01T12:00:00Z');

test.each([
  { header: '30', then: '2026-03-01T12:00:30.000Z' },
  { header: 'Sun, 01 Mar 2026 12:05:00 GMT', then: '2026-03-01T12:05:00.000Z' },
  { header: 'Sun, 01 Mar 2026 11:00:00 GMT', then: '2026-03-01T12:00:00.000Z' },
  { header: '999999999', then: '2026-03-02T12:00:00.000Z' },
  { header: 'soon', then: undefined },
  { header: '', then: undefined },
])('Retry-After: $header means $then', ({ header, then }) => {
  expect(retryAfterOf(new Headers({ 'retry-after': header }), now)?.toISOString()).toBe(then);
});
