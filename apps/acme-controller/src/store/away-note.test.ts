import { randomBytes } from 'node:crypto';
import { MemoryKvStore, type KvOperation } from '@gatefleet/consul-kv';
import { expect, test } from '@jest/globals';
import { openTestTerm } from '../testing/open-test-store.ts';
import { AwayNote, readAway } from './away-note.ts';
import { CA_AWAY } from './keys.ts';

const { signal } = new AbortController();

class CountingStore extends MemoryKvStore {
  writes = 0;
  override transact(operations: readonly KvOperation[], by?: AbortSignal) {
    this.writes += operations.filter((operation) => 'key' in operation && operation.key === CA_AWAY).length;
    return super.transact(operations, by);
  }
}

async function opened() {
  const store = new CountingStore();
  const { fence } = await openTestTerm(store, randomBytes(32).toString('base64'));
  return { store, fence, note: new AwayNote(store, fence), told: () => readAway(store, signal) };
}

const at = (time: string) => new Date(`2026-06-01T${time}Z`);

test('as long as a CA can be reached nothing is written', async () => {
  const { store, note, told } = await opened();
  for (let look = 0; look < 3; look += 1) await note.tell(undefined, signal);
  expect(store.writes).toBe(0);
  expect(await told()).toBeUndefined();
});

test('until when none is asked is told to the minute, once for each, and no more when one is back', async () => {
  const { store, note, told } = await opened();
  for (const time of ['10:00:01.000', '10:00:20.000', '10:01:00.000']) await note.tell(at(time), signal);
  expect(await told()).toBe('2026-06-01T10:01:00.000Z');
  expect(store.writes).toBe(1);
  await note.tell(at('10:01:01.000'), signal);
  expect(await told()).toBe('2026-06-01T10:02:00.000Z');
  await note.tell(undefined, signal);
  expect(await told()).toBeUndefined();
  expect(store.writes).toBe(3);
});

test('what the leader before has told is taken back by the next', async () => {
  const { store, fence, note, told } = await opened();
  await note.tell(at('10:00:00.000'), signal);
  await new AwayNote(store, fence).tell(undefined, signal);
  expect(await told()).toBeUndefined();
});
