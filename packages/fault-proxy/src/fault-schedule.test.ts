import { describe, expect, test } from '@jest/globals';
import { FaultSchedule } from './fault-schedule.ts';
import type { FaultRates, Injected } from './fault.ts';
import type { ResourceKind } from './resource-kind.ts';

const reset = { kind: 'reset-before' } as const;
const lost = { kind: 'reset-after' } as const;
const tenth = { rate: 0.1, fault: reset };

function kinds(schedule: FaultSchedule, requests: readonly ResourceKind[], now = 0): Injected['kind'][] {
  return requests.map((kind) => schedule.next(kind, now).kind);
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('faults by rates', () => {
  const rates: FaultRates = { 'new-order': [tenth, { rate: 0.2, fault: lost }], any: [{ rate: 0.5, fault: lost }] };

  test('are the same for the same seed and requests, and others for another seed', () => {
    const requests = times(200, 'new-order' as const);
    const first = kinds(new FaultSchedule(7, rates), requests);
    expect(kinds(new FaultSchedule(7, rates), requests)).toEqual(first);
    expect(kinds(new FaultSchedule(8, rates), requests)).not.toEqual(first);
  });

  test('of one kind do not depend on what other requests come between', () => {
    const alone = kinds(new FaultSchedule(7, rates), times(100, 'order' as const));
    const mixed = new FaultSchedule(7, rates);
    expect(times(100, 0).map(() => kinds(mixed, ['new-order', 'order', 'directory'])[1])).toEqual(alone);
  });

  test('come as often as their rates say, of the kind or else of any', () => {
    const schedule = new FaultSchedule(1, rates);
    const share = (kind: ResourceKind, fault: string) =>
      kinds(schedule, times(4_000, kind)).filter((found) => found === fault).length / 4_000;
    expect(share('new-order', 'reset-before')).toBeCloseTo(0.1, 1);
    expect(share('new-order', 'reset-after')).toBeCloseTo(0.2, 1);
    expect(share('order', 'reset-before')).toBe(0);
    expect(share('order', 'reset-after')).toBeCloseTo(0.5, 1);
  });

  test('end when they struck often enough, until they are set anew', () => {
    const twice: FaultRates = { order: [{ rate: 1, times: 2, fault: reset }] };
    const schedule = new FaultSchedule(1, twice);
    const expected = ['reset-before', 'reset-before', 'none', 'none'];
    expect(kinds(schedule, times(4, 'order'))).toEqual(expected);
    schedule.set(twice);
    expect(kinds(schedule, times(4, 'order'))).toEqual(expected);
    schedule.set({});
    expect(kinds(schedule, ['order'])).toEqual(['none']);
  });

  test.each<[string, FaultRates, string]>([
    ['a rate above 1', { order: [{ rate: 1.5, fault: reset }] }, 'faults of order: reset-before has the rate 1.5'],
    ['a rate below 0', { any: [{ rate: -0.1, fault: reset }] }, 'faults of any: reset-before has the rate -0.1'],
    [
      'rates of more than 1 together',
      {
        order: [
          { rate: 0.75, fault: reset },
          { rate: 0.5, fault: lost },
        ],
      },
      'faults of order: the rates sum up to 1.25, more than 1',
    ],
  ])('cannot have %s', (_, wrong, message) => {
    expect(() => new FaultSchedule(1, wrong)).toThrow(new RangeError(message));
  });

  test('may sum up to 1 by fractions that do not', () => {
    expect(() => new FaultSchedule(1, { any: times(10, tenth) })).not.toThrow();
  });
});

describe('a storm', () => {
  test('takes every request of its kinds until it is over, whatever the rates', () => {
    const schedule = new FaultSchedule(1, { any: [{ rate: 1, fault: reset }] });
    schedule.startStorm({ kinds: ['order', 'new-order'], until: 10_000 });
    expect(kinds(schedule, ['order', 'new-order', 'directory'], 9_999)).toEqual(['storm', 'storm', 'reset-before']);
    expect(kinds(schedule, ['order', 'new-order'], 10_000)).toEqual(['reset-before', 'reset-before']);
  });

  test.each([
    ['what is left of it', {}, { seconds: 4, form: 'seconds' }],
    ['what it was told to say', { retryAfter: { seconds: 1, form: 'date' as const } }, { seconds: 1, form: 'date' }],
  ])('asks to wait for %s', (_, more, retryAfter) => {
    const schedule = new FaultSchedule(1, {});
    schedule.startStorm({ until: 10_000, ...more });
    expect(schedule.next('order', 6_500)).toEqual({ kind: 'storm', retryAfter });
  });

  test('can be ended', () => {
    const schedule = new FaultSchedule(1, {});
    schedule.startStorm({ until: 10_000 });
    schedule.endStorms();
    expect(kinds(schedule, ['order'])).toEqual(['none']);
  });
});
