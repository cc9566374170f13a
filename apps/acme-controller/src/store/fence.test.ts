import { KvError, type KvOperation, MemoryKvStore, type TransactResult } from '@gatefleet/consul-kv';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { Fence } from './fence.ts';

const log = pino({ enabled: false });
const signal = new AbortController().signal;

/** Does what it is asked and then breaks the connection, as a server may that dies. */
class ForgetfulStore extends MemoryKvStore {
  breakAfter = 0;
  override async transact(operations: readonly KvOperation[], by?: AbortSignal): Promise<TransactResult> {
    const result = await super.transact(operations, by);
    if (this.breakAfter-- > 0) throw new KvError('INTERRUPTED', 'made up');
    return result;
  }
}

async function leading() {
  const store = new ForgetfulStore();
  const session = await store.createSession({ name: 'x', ttlSeconds: 10, lockDelaySeconds: 0 });
  await store.acquire('gatefleet/leader', '', session);
  let lost = 0;
  const fence = new Fence({ store, session, epoch: 1, log, onLost: () => (lost += 1) });
  return { store, session, fence, lost: () => lost };
}

test('a write gives the new version, a stale one a conflict that names the operation', async () => {
  const { fence, store } = await leading();
  const written = await fence.transact([{ kind: 'cas', key: 'a', value: '1', ifIndex: 0 }], signal);
  expect(written).toEqual({ kind: 'written', indexes: expect.any(Map) });
  const stale = await fence.transact(
    [
      { kind: 'set', key: 'b', value: '1' },
      { kind: 'cas', key: 'a', value: '2', ifIndex: 0 },
    ],
    signal,
  );
  expect(stale).toEqual({ kind: 'conflict', operations: [1] });
  expect(await store.get('b')).toBeUndefined();
});

test('a write that took effect although the connection broke counts as written', async () => {
  const { fence, store } = await leading();
  store.breakAfter = 1;
  const result = await fence.transact([{ kind: 'cas', key: 'a', value: '1', ifIndex: 0 }], signal);
  expect(result).toEqual({ kind: 'written', indexes: new Map([['a', (await store.get('a'))?.index]]) });
});

test('a conflict with somebody else after a broken connection stays a conflict', async () => {
  const { fence, store } = await leading();
  await store.put('a', 'other', 0);
  store.failNext(new KvError('INTERRUPTED', 'made up'));
  const result = await fence.transact([{ kind: 'cas', key: 'a', value: '1', ifIndex: 0 }], signal);
  expect(result.kind).toBe('conflict');
});

test('without the lock nothing is written, and the loss is told', async () => {
  const { fence, store, session, lost } = await leading();
  store.expireSession(session);
  expect((await fence.transact([{ kind: 'set', key: 'a', value: '1' }], signal)).kind).toBe('lost-leadership');
  expect(await store.get('a')).toBeUndefined();
  expect(lost()).toBe(1);
});

test('what no retry cures is thrown at once', async () => {
  const { fence, store } = await leading();
  store.failNext(new KvError('FORBIDDEN', 'made up'));
  await expect(fence.transact([{ kind: 'set', key: 'a', value: '1' }], signal)).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
});

test('what comes while a write is under way goes together in the next, each all or nothing', async () => {
  const { fence, store } = await leading();
  await store.put('taken', 'other', 0);
  let transactions = 0;
  const transact = store.transact.bind(store);
  store.transact = (operations, by) => {
    transactions += 1;
    return transact(operations, by);
  };
  const first = fence.transact([{ kind: 'set', key: 'first', value: '1' }], signal);
  const good = Array.from({ length: 10 }, (_, index) =>
    fence.transact([{ kind: 'cas', key: `good${index}`, value: '1', ifIndex: 0 }], signal),
  );
  const bad = fence.transact(
    [
      { kind: 'set', key: 'half', value: '1' },
      { kind: 'cas', key: 'taken', value: 'ours', ifIndex: 0 },
    ],
    signal,
  );
  const results = await Promise.all([first, ...good]);
  expect(results.map(({ kind }) => kind)).toEqual(Array.from({ length: 11 }, () => 'written'));
  expect(await bad).toEqual({ kind: 'conflict', operations: [1] });
  expect(await store.get('half')).toBeUndefined();
  expect(transactions).toBe(3);
});

test('two writes of one key are never in one transaction', async () => {
  const { fence, store } = await leading();
  const values = ['1', '2', '3', '4'];
  const all = await Promise.all(values.map((value) => fence.transact([{ kind: 'set', key: 'a', value }], signal)));
  expect(all.map(({ kind }) => kind)).toEqual(values.map(() => 'written'));
  expect((await store.get('a'))?.value).toBe('4');
});

test('more than a transaction holds goes in several, and large values too', async () => {
  const { fence, store } = await leading();
  const value = 'x'.repeat(100_000);
  await Promise.all(
    Array.from({ length: 150 }, (_, index) =>
      fence.transact([{ kind: 'set', key: `k${index}`, value: index < 10 ? value : '1' }], signal),
    ),
  );
  for (const index of [0, 9, 149]) expect(await store.get(`k${index}`)).toBeDefined();
});

test('what one write may not do, the others still do', async () => {
  const { fence, store } = await leading();
  const first = fence.transact([{ kind: 'set', key: 'first', value: '1' }], signal);
  const bad = fence.transact([{ kind: 'set', key: 'bad key', value: '1' }], signal);
  const good = fence.transact([{ kind: 'set', key: 'good', value: '1' }], signal);
  await first;
  await expect(bad).rejects.toMatchObject({ code: 'INVALID_KEY' });
  expect((await good).kind).toBe('written');
  expect(await store.get('good')).toBeDefined();
});
