import { expect, test } from '@jest/globals';
import { planSnapshot } from './plan-snapshot.ts';

const now = new Date('2026-06-01T00:00:00.000Z');
const at = (hours: number) => new Date(now.getTime() + hours * 3_600_000).toISOString();
const dated = (serial: string, from: number, to: number) => {
  return { id: 'a', serial, notBefore: at(from), notAfter: at(to) };
};
type Dated = ReturnType<typeof dated>;
const old = dated('01', -1_000, 1_000);

test.each<{ given: string; kept?: Dated; published?: boolean; snapshot?: Dated; then: string }>([
  { given: 'a first certificate', kept: old, then: 'take' },
  { given: 'one that is not published', kept: old, published: false, then: 'stay' },
  { given: 'one that has ended', kept: dated('01', -9, -1), then: 'stay' },
  { given: 'the same one again', kept: old, snapshot: old, then: 'stay' },
  { given: 'a renewal of an hour ago', kept: dated('02', -1, 2_000), snapshot: old, then: 'stay' },
  { given: 'a renewal of a day ago', kept: dated('02', -24, 2_000), snapshot: old, then: 'take' },
  { given: 'a renewal of an hour ago that lives for four', kept: dated('02', -1, 3), snapshot: old, then: 'take' },
  {
    given: 'a renewal when the old one has ended',
    kept: dated('02', -1, 9),
    snapshot: dated('01', -9, 0),
    then: 'take',
  },
  { given: 'one that is taken from the gateways and kept', kept: old, published: false, snapshot: old, then: 'stay' },
  { given: 'one that was removed', snapshot: old, then: 'drop' },
])('given $given, then $then', ({ kept, published = true, snapshot, then }) => {
  const byId = (one: Dated | undefined) => new Map(one === undefined ? [] : [[one.id, one]]);
  const ids = new Set(published ? ['a'] : []);
  const plan = planSnapshot({ kept: byId(kept), published: ids, snapshot: byId(snapshot) }, now);
  expect(plan).toEqual({ take: then === 'take' ? ['a'] : [], drop: then === 'drop' ? ['a'] : [] });
});
