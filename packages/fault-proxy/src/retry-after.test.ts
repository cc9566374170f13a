import { expect, test } from '@jest/globals';
import { readRetryAfter, renderRetryAfter } from './retry-after.ts';

const noon = Date.UTC(2026, 10, 2, 12);

test.each([
  ['seconds', noon + 250, '3'],
  ['date', noon, 'Mon, 02 Nov 2026 12:00:03 GMT'],
  ['date', noon + 250, 'Mon, 02 Nov 2026 12:00:04 GMT'],
] as const)('3 s as %s at %d are said as %s', (form, now, text) => {
  expect(renderRetryAfter({ seconds: 3, form }, now)).toBe(text);
});

test.each([
  ['3', noon + 3_000],
  ['Mon, 02 Nov 2026 12:00:04 GMT', noon + 4_000],
  ['soon', undefined],
  [undefined, undefined],
])('%s at noon is read as %d', (header, instant) => {
  expect(readRetryAfter(header, noon)).toBe(instant);
});
