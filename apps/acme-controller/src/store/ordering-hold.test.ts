import { randomBytes } from 'node:crypto';
import { MemoryKvStore, type KvEntry } from '@gatefleet/consul-kv';
import { expect, test } from '@jest/globals';
import { openTestTerm } from '../testing/open-test-store.ts';
import { HOLD } from './keys.ts';
import { OrderingHold } from './ordering-hold.ts';

const { signal } = new AbortController();
const clock = { now: () => new Date('2026-06-01T00:00:00.000Z') };

/** Answers about the hold come late while it is told to wait. */
class LateStore extends MemoryKvStore {
  late: Promise<void> | undefined;

  override async get(key: string, by?: AbortSignal): Promise<KvEntry | undefined> {
    const { late } = this;
    const entry = await super.get(key, by);
    if (key === HOLD) await late;
    return entry;
  }
}

test('what was read before it ended, and comes only after, is not remembered', async () => {
  const store = new LateStore();
  const { fence } = await openTestTerm(store, randomBytes(32).toString('base64'));
  const hold = new OrderingHold(store, fence, clock);
  await hold.begin('asked', signal);

  const { promise, resolve } = Promise.withResolvers<void>();
  store.late = promise;
  const early = hold.state(signal);
  store.late = undefined;
  expect(await hold.end(signal)).toBe('written');
  resolve();
  expect((await early).kind).toBe('held');
  expect((await hold.state(signal)).kind).toBe('ended');
});
