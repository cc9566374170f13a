import { expect, test } from '@jest/globals';
import { planRetention, type Kept } from './plan-retention.ts';

const now = new Date('2026-06-01T00:00:00.000Z');
const day = 86_400_000;
const at = (days: number) => new Date(now.getTime() + days * day).toISOString();

test.each<{ given: string; kept: Partial<Kept>; wanted?: boolean; published?: boolean; then: string; next?: number }>([
  { given: 'one that is wanted', kept: {}, wanted: true, then: 'stay' },
  { given: 'one that nobody asks for any more', kept: {}, then: 'release', next: 30 },
  { given: 'one that nobody asks for since a week', kept: { unwantedSince: at(-7) }, then: 'stay', next: 23 },
  { given: 'one that is wanted again', kept: { unwantedSince: at(-7) }, wanted: true, then: 'reclaim' },
  { given: 'one that nobody asks for since thirty days', kept: { unwantedSince: at(-30) }, then: 'remove' },
  { given: 'one that has ended and nobody asks for', kept: { notAfter: at(-1) }, then: 'remove' },
  { given: 'one that ends before it is kept long enough', kept: { notAfter: at(10) }, then: 'release', next: 10 },
  { given: 'one that has ended and is wanted', kept: { notAfter: at(-1) }, wanted: true, then: 'stay' },
  {
    given: 'one that was kept long enough and still serves a name',
    kept: { unwantedSince: at(-30) },
    published: true,
    then: 'stay',
    next: 0,
  },
])('given $given, then $then', ({ kept, wanted = false, published = false, then, next }) => {
  const plan = planRetention([{ id: 'a', notAfter: at(60), ...kept }], {
    wanted: new Set(wanted ? ['a'] : []),
    published: new Set(published ? ['a'] : []),
    retentionMs: 30 * day,
    now,
  });
  const { release, reclaim, remove } = plan;
  const done = Object.entries({ release, reclaim, remove }).filter(([, ids]) => ids.length > 0);
  expect(done).toEqual(then === 'stay' ? [] : [[then, ['a']]]);
  const days = plan.nextAt && Math.floor((plan.nextAt.getTime() - now.getTime()) / day);
  expect(days).toBe(next);
});
