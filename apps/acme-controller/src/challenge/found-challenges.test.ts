import type { ChallengeRecord } from '@gatefleet/acme';
import { expect, test } from '@jest/globals';
import { keepFound } from './found-challenges.ts';

const { signal } = new AbortController();
const record = (token: string): ChallengeRecord => ({
  token,
  host: 'a.example.com',
  keyAuthorization: `${token}.thumbprint`,
  expiresAt: '2026-01-01T01:00:00Z',
  epoch: 1,
});

function opened() {
  const written = new Set<string>();
  const asked: string[] = [];
  const state = { nowMs: 0, isAway: false };
  const load = keepFound(
    async (token) => {
      asked.push(token);
      if (state.isAway) throw new Error('the store is away');
      return written.has(token) ? record(token) : undefined;
    },
    () => state.nowMs,
  );
  return { written, asked, state, load };
}

test('what was found is not read again for half a minute, also while the store is away', async () => {
  const { written, asked, state, load } = opened();
  written.add('a');
  expect(await load('a', signal)).toEqual(record('a'));
  state.isAway = true;
  state.nowMs = 29_999;
  expect(await load('a', signal)).toEqual(record('a'));
  expect(asked).toEqual(['a']);
  state.nowMs = 30_000;
  await expect(load('a', signal)).rejects.toThrow('away');
  state.isAway = false;
  expect(await load('a', signal)).toEqual(record('a'));
  expect(asked).toEqual(['a', 'a', 'a']);
});

test('what was not found is looked for each time', async () => {
  const { written, asked, load } = opened();
  expect(await load('a', signal)).toBeUndefined();
  written.add('a');
  expect(await load('a', signal)).toEqual(record('a'));
  expect(asked).toEqual(['a', 'a']);
});

test('no more than a thousand are kept, the latest', async () => {
  const { written, asked, load } = opened();
  const tokens = Array.from({ length: 1_001 }, (_, index) => `t${index}`);
  for (const token of tokens) {
    written.add(token);
    await load(token, signal);
  }
  await load('t1000', signal);
  await load('t1', signal);
  expect(asked).toHaveLength(1_001);
  await load('t0', signal);
  expect(asked).toHaveLength(1_002);
});
