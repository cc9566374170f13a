import { expect, test } from '@jest/globals';
import { createPoll } from './poll.ts';

const now = new Date('2026-01-01T00:00:00.000Z');
const after = (milliseconds: number) => new Date(now.getTime() + milliseconds);

function open() {
  const waits: number[] = [];
  const clock = { now: () => now, sleep: async (milliseconds: number) => void waits.push(milliseconds) };
  return { waits, poll: createPoll({ clock, orderTimeoutMs: 60_000, signal: new AbortController().signal }) };
}

test('waits begin short, grow, and end at five seconds', async () => {
  const { waits, poll } = open();
  for (let i = 0; i < 12; i++) await poll.wait('waiting', undefined);
  expect(waits.slice(0, 3)).toEqual([100, 150, 225]);
  expect(waits.at(-1)).toBe(5_000);
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
});

test('after something happened they are short again', async () => {
  const { waits, poll } = open();
  await poll.wait('waiting', undefined);
  await poll.wait('waiting', undefined);
  poll.restart();
  await poll.wait('waiting', undefined);
  expect(waits).toEqual([100, 150, 100]);
});

test('a longer Retry-After is kept, a shorter or past one changes nothing', async () => {
  const { waits, poll } = open();
  await poll.wait('waiting', after(3_000));
  await poll.wait('waiting', after(-3_000));
  expect(waits).toEqual([3_000, 150]);
});

test('a Retry-After beyond the time of the run ends it at once, and is handed on', async () => {
  const { waits, poll } = open();
  await expect(poll.wait('waiting', after(60_001))).rejects.toMatchObject({
    code: 'TIMED_OUT',
    retryAfter: after(60_001),
  });
  expect(waits).toEqual([]);
});
