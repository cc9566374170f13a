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

test('waits begin short, grow, and end at five seconds', async () => {
  const { waits, poll } = open();
  for (let i = 0; i < 12; i++) await poll.wait('waiting', undefined);
  expect(waits.slice(0, 4)).toEqual([100, 100, 150, 225]);
  expect(waits.at(-1)).toBe(5_000);
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
});

test('what the CA takes as a rule is waited for first, then half of it', async () => {
  const { waits, pace, poll } = open();
  while (pace.first('issuance') < 1_000) pace.tooEarly('issuance');
  poll.reached('issuance');
  await poll.wait('waiting', undefined);
  await poll.wait('waiting', undefined);
  expect(waits[0]).toBeGreaterThanOrEqual(1_000);
  expect(waits[1]).toBe((waits[0] ?? 0) / 2);
});

test('an answer to the first question makes the next order wait less, an early question more', async () => {
  const { pace, poll } = open();
  await poll.wait('waiting', undefined);
  poll.reached('issuance');
  expect(pace.first('validation')).toBeLessThan(100);
  await poll.wait('waiting', undefined);
  await poll.wait('waiting', undefined);
  poll.reached();
  expect(pace.first('issuance')).toBeGreaterThan(100);
});

test('after something happened they are short again', async () => {
  const { waits, poll } = open();
  await poll.wait('waiting', undefined);
  await poll.wait('waiting', undefined);
  poll.reached('issuance');
  await poll.wait('waiting', undefined);
  expect(waits).toEqual([100, 100, 100]);
});

test('a longer Retry-After is kept, a shorter or past one changes nothing', async () => {
  const { waits, poll } = open();
  await poll.wait('waiting', after(3_000));
  await poll.wait('waiting', after(-3_000));
  expect(waits).toEqual([3_000, 100]);
});

test('a Retry-After beyond the time of the run ends it at once, and is handed on', async () => {
  const { waits, poll } = open();
  await expect(poll.wait('waiting', after(60_001))).rejects.toMatchObject({
    code: 'TIMED_OUT',
    retryAfter: after(60_001),
  });
  expect(waits).toEqual([]);
});
