import { expect, test } from '@jest/globals';
import { Pace } from './pace.ts';
import { createPoll } from './poll.ts';

const now = new Date('2026-01-01T00:00:00.000Z');
const after = (milliseconds: number) => new Date(now.getTime() + milliseconds);

function open() {
  const waits: number[] = [];
  const clock = { now: () => now, sleep: async (milliseconds: number) => void waits.push(milliseconds) };
  const pace = new Pace();
  return {
    waits,
    pace,
    poll: createPoll({ clock, orderTimeoutMs: 60_000, pace, signal: new AbortController().signal }),
  };
}

test('after the first, waits are half as long, grow, and end at five seconds', async () => {
  const { waits, poll } = open();
  for (let i = 0; i < 12; i++) await poll.wait('waiting', undefined);
  expect(waits[0]).toBe(250);
  expect(waits.slice(1, 4)).toEqual([143.75, 143.75 * 1.5, 143.75 * 1.5 ** 2]);
  expect(waits.at(-1)).toBe(5_000);
  const later = waits.slice(1);
  expect(later).toEqual(later.toSorted((a, b) => a - b));
});

test('what the CA takes as a rule is waited for first, then half of what is known by then', async () => {
  const { waits, pace, poll } = open();
  while (pace.first('issuance') < 1_000) pace.tooEarly('issuance', pace.first('issuance'));
  poll.reached('issuance');
  await poll.wait('waiting', undefined);
  await poll.wait('waiting', undefined);
  expect(waits[0]).toBeGreaterThanOrEqual(1_000);
  expect(waits[1]).toBeCloseTo(pace.first('issuance') / 2);
});

test('an answer to the first question makes the next order wait less, an early question more', async () => {
  const { pace, poll } = open();
  await poll.wait('waiting', undefined);
  poll.reached('issuance');
  expect(pace.first('validation')).toBeLessThan(250);
  await poll.wait('waiting', undefined);
  await poll.wait('waiting', undefined);
  poll.reached();
  expect(pace.first('issuance')).toBeGreaterThan(250);
});

test('after something happened they are short again', async () => {
  const { waits, poll } = open();
  await poll.wait('waiting', undefined);
  await poll.wait('waiting', undefined);
  poll.reached('issuance');
  await poll.wait('waiting', undefined);
  expect(waits).toEqual([250, 143.75, 250]);
});

test('a longer Retry-After is kept, a shorter or past one changes nothing', async () => {
  const { waits, poll } = open();
  await poll.wait('waiting', after(3_000));
  await poll.wait('waiting', after(-3_000));
  expect(waits).toEqual([3_000, 143.75]);
});

test('a Retry-After beyond the time of the run ends it at once, and is handed on', async () => {
  const { waits, poll } = open();
  await expect(poll.wait('waiting', after(60_001))).rejects.toMatchObject({
    code: 'TIMED_OUT',
    retryAfter: after(60_001),
  });
  expect(waits).toEqual([]);
});
