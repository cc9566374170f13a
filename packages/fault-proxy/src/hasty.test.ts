import { expect, test } from '@jest/globals';
import type { Entry, Given } from './entry.ts';
import { hastyRequests, type HastyOptions } from './hasty.ts';

function entry(at: number, given: Given | undefined, more: Partial<Entry> = {}): Entry {
  const request = { method: 'POST', path: '/order-plz', kind: 'new-order', userAgent: 'a', signed: undefined } as const;
  return { at, ...request, injected: { kind: 'none' }, deliveries: [], given, ...more };
}
const refused = (at: number, retryAt: number | undefined): Given => ({ kind: 'answered', at, status: 429, retryAt });

const told = entry(1_000, refused(1_010, 3_000));

test.each<{ given: string; next: Entry; options?: HastyOptions; hasty: boolean }>([
  { given: 'comes while the answer holds', next: entry(2_000, undefined), hasty: true },
  { given: 'came before the answer was given', next: entry(1_005, undefined), hasty: false },
  { given: 'comes when the time is over', next: entry(3_000, undefined), hasty: false },
  { given: 'is of another kind', next: entry(2_000, undefined, { kind: 'order' }), hasty: false },
  {
    given: 'was on its way when the answer came',
    next: entry(1_030, undefined),
    options: { learnMs: 50 },
    hasty: false,
  },
  { given: 'is too early by little', next: entry(2_995, undefined), options: { graceMs: 10 }, hasty: false },
  {
    given: 'is another client’s',
    next: entry(2_000, undefined, { userAgent: 'b' }),
    options: { clientOf: ({ userAgent }) => userAgent ?? '' },
    hasty: false,
  },
])('given a request that $given, hasty: $hasty', ({ next, options, hasty }) => {
  expect(hastyRequests([told, next], options)).toEqual(hasty ? [{ entry: next, told }] : []);
});

test('a refusal without Retry-After holds nobody back', () => {
  const next = entry(2_000, undefined);
  expect(hastyRequests([entry(1_000, refused(1_010, undefined)), next])).toEqual([]);
});

test('of two answers the later one that still holds was disregarded', () => {
  const again = entry(1_500, refused(1_510, 2_500));
  const next = entry(2_000, undefined);
  expect(hastyRequests([told, again, next])).toEqual([
    { entry: again, told },
    { entry: next, told: again },
  ]);
});
