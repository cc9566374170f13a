import { KvError, MemoryKvStore } from '@gatefleet/consul-kv';
import { afterEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { campaign, type Term } from './campaign.ts';
import { leaderValue } from './leader-value.ts';

const log = pino({ enabled: false });
const running: { stop: AbortController; done: Promise<void> }[] = [];
afterEach(async () => {
  for (const { stop, done } of running.splice(0)) {
    stop.abort();
    await done;
  }
});

/** A replica that records its terms, and leads until told to stop. */
function replica(store: MemoryKvStore, identity: string) {
  const stop = new AbortController();
  const terms: Term[] = [];
  const waiting: ((term: Term) => void)[] = [];
  const lead = async (term: Term) => {
    terms.push(term);
    waiting.shift()?.(term);
    await new Promise((resolve) => term.signal.addEventListener('abort', resolve, { once: true }));
  };
  const nextTerm = () => new Promise<Term>((resolve) => waiting.push(resolve));
  const states: boolean[] = [];
  const start = () => {
    const done = campaign({ store, identity, log, lead, onLeading: (is) => states.push(is) }, stop.signal);
    running.push({ stop, done });
    return done;
  };
  return { start, stop, terms, nextTerm, states };
}

const holder = async (store: MemoryKvStore) => (await store.get('gatefleet/leader'))?.session;

test('given two replicas, one leads; when it stops, the other does at once, in a higher term', async () => {
  const store = new MemoryKvStore();
  const [a, b] = [replica(store, 'a'), replica(store, 'b')];
  const first = a.nextTerm();
  const done = a.start();
  const { fence } = await first;
  const second = b.nextTerm();
  void b.start();
  expect(b.terms).toHaveLength(0);

  a.stop.abort();
  await done;
  const next = await second;
  expect(next.fence.epoch).toBeGreaterThan(fence.epoch);
  expect(a.states).toEqual([true, false]);
  const late = await fence.transact([{ kind: 'set', key: 'x', value: '1' }], AbortSignal.timeout(1_000));
  expect(late.kind).toBe('lost-leadership');
});

test('given a session that ended, the first refused write ends the term, and the replica stands again', async () => {
  const store = new MemoryKvStore();
  const a = replica(store, 'a');
  const first = a.nextTerm();
  void a.start();
  const term = await first;
  const again = a.nextTerm();
  store.expireSession((await holder(store)) ?? '');
  const result = await term.fence.transact([{ kind: 'set', key: 'x', value: '1' }], AbortSignal.timeout(1_000));
  expect(result.kind).toBe('lost-leadership');
  expect(term.signal.aborted).toBe(true);
  expect((await again).fence.epoch).toBeGreaterThan(term.fence.epoch);
  expect(await store.get('x')).toBeUndefined();
});

test('given a store that is away at first, it stands when it is back', async () => {
  const store = new MemoryKvStore();
  for (let i = 0; i < 2; i += 1) store.failNext(new KvError('NO_LEADER', 'made up'));
  const a = replica(store, 'a');
  const first = a.nextTerm();
  void a.start();
  expect((await first).signal.aborted).toBe(false);
});

test('given a stop, the lock is free when it comes back', async () => {
  const store = new MemoryKvStore();
  const a = replica(store, 'a');
  const first = a.nextTerm();
  const done = a.start();
  await first;
  expect(await holder(store)).toBeDefined();
  a.stop.abort();
  await done;
  expect(await holder(store)).toBeUndefined();
});

test('given a process that was killed and comes back under its name, it leads without waiting for its session to end', async () => {
  const store = new MemoryKvStore();
  const killed = await store.createSession({ name: 'a', ttlSeconds: 10, lockDelaySeconds: 2 });
  await store.acquire('gatefleet/leader', leaderValue('a'), killed);
  const a = replica(store, 'a');
  const first = a.nextTerm();
  void a.start();
  expect((await first).fence.epoch).toBe(2);
  expect(await store.renewSession(killed)).toBe('lost');
});

test("another's session is left alone", async () => {
  const store = new MemoryKvStore();
  const other = await store.createSession({ name: 'b', ttlSeconds: 10, lockDelaySeconds: 2 });
  await store.acquire('gatefleet/leader', leaderValue('b'), other);
  const a = replica(store, 'a');
  const done = a.start();
  await new Promise((resolve) => setImmediate(resolve));
  a.stop.abort();
  await done;
  expect(a.terms).toEqual([]);
  expect(await holder(store)).toBe(other);
});
