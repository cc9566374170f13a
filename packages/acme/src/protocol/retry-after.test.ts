import { expect, test } from '@jest/globals';
import { parseRetryAfter } from './retry-after.ts';

const now = new Date('2026-01-01T00:00:00.000Z');

test.each([
  ['120', '2026-01-01T00:02:00.000Z'],
  [' 0 ', '2026-01-01T00:00:00.000Z'],
  ['Thu, 01 Jan 2026 00:00:30 GMT', '2026-01-01T00:00:30.000Z'],
])('%j is %s', (header, time) => {
  expect(parseRetryAfter(header, now)?.toISOString()).toBe(time);
});

test.each([undefined, '', 'soon', '-5', '1.5', '99999999999999', 'Someday, 99 Foo'])('%j says nothing', (header) => {
  expect(parseRetryAfter(header, now)).toBeUndefined();
});
