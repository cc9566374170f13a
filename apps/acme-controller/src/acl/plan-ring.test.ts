import { expect, test } from '@jest/globals';
import { planRing } from './plan-ring.ts';

const having = (keys: Record<string, number>, used: Record<string, number>) => ({
  servers: 3,
  keys: new Map(Object.entries(keys)),
  used: new Map(Object.entries(used)),
});

test.each([
  { given: 'the one key with all', wanted: ['a'], state: having({ a: 3 }, { a: 3 }), then: [] },
  { given: 'a key to come', wanted: ['a', 'b'], state: having({ a: 3 }, { a: 3 }), then: ['install b'] },
  {
    given: 'a key that one server has not got, it is not used yet',
    wanted: ['b', 'a'],
    state: having({ a: 3, b: 2 }, { a: 3 }),
    then: ['install b'],
  },
  { given: 'both with all', wanted: ['b', 'a'], state: having({ a: 3, b: 3 }, { a: 3 }), then: ['use b'] },
  {
    given: 'one server that uses the former still',
    wanted: ['b'],
    state: having({ a: 3, b: 3 }, { a: 1, b: 2 }),
    then: ['use b'],
  },
  { given: 'a key that is wanted no more', wanted: ['b'], state: having({ a: 3, b: 3 }, { b: 3 }), then: ['remove a'] },
  {
    given: 'a server with another key alone',
    wanted: ['b'],
    state: having({ a: 1, b: 2 }, { a: 1, b: 2 }),
    then: ['install b'],
  },
])('given $given, then $then', ({ wanted, state, then }) => {
  expect(planRing(wanted, state).map(({ kind, key }) => `${kind} ${key}`)).toEqual(then);
});
