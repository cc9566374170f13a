import { randomBytes } from 'node:crypto';
import type { CertificateRecord } from '@gatefleet/acme';
import { MemoryKvStore } from '@gatefleet/consul-kv';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { openTestStore } from '../testing/open-test-store.ts';
import { testRecord } from '../testing/test-record.ts';
import { watchStore } from './watch-store.ts';

const { signal } = new AbortController();
const key = randomBytes(32).toString('base64');

const real = await testRecord(['a.example.com', 'b.example.com']);

function recordOf(id: string): CertificateRecord {
  return { ...real, id, names: [`${id}.example.com`] };
}

/** Looks once for each of these times, and comes back when it would look again. */
async function look({ publisher, certificates }: Awaited<ReturnType<typeof opened>>, times = 1) {
  const stop = new AbortController();
  let forgotten = 0;
  let changed = 0;
  let looks = 0;
  await watchStore(
    {
      publisher,
      certificates,
      orders: { forget: () => (forgotten += 1) },
      hosts: { forget: () => (forgotten += 1) },
      hold: { forget: () => (forgotten += 1) },
      clock: {
        now: () => new Date(),
        async sleep() {
          if (looks === times) stop.abort();
          looks += 1;
        },
      },
      log: pino({ enabled: false }),
      onChanged: () => (changed += 1),
    },
    stop.signal,
  );
  return { forgotten, changed };
}

async function opened() {
  const store = new MemoryKvStore();
  const leader = await openTestStore(store, key);
  // As a leader does that looks at everything.
  await leader.certificates.list(signal);
  for (const id of ['a', 'b']) {
    await leader.store.certificates.save(id, recordOf(id), 0, signal);
    await leader.publisher.publish(recordOf(id), signal);
  }
  return { ...leader, kv: store };
}

const keysOf = async (store: MemoryKvStore) => [
  ...(await store.keys('gatefleet/certificates/')),
  ...(await store.keys('traefik/')),
];

test('a store that is as it was left is left alone', async () => {
  const at = await opened();
  expect(await look(at, 3)).toEqual({ forgotten: 0, changed: 0 });
});

test('what a store that was set back has lost is written again, and all else is read again', async () => {
  const at = await opened();
  const complete = await keysOf(at.kv);
  for (const lost of complete.filter((each) => /\/b(\/|$)/.test(each))) {
    await at.kv.transact([{ kind: 'delete', key: lost }]);
  }
  expect(await keysOf(at.kv)).toHaveLength(complete.length - 3);
  expect(await look(at)).toEqual({ forgotten: 3, changed: 1 });
  expect(await keysOf(at.kv)).toEqual(complete);
  expect((await at.certificates.list(signal)).map(({ record }) => record.id)).toEqual(['a', 'b']);
});

test('records that somebody deleted are written again within a minute, though the gateways have all', async () => {
  const at = await opened();
  const complete = await keysOf(at.kv);
  for (const lost of await at.kv.keys('gatefleet/certificates/')) await at.kv.transact([{ kind: 'delete', key: lost }]);
  expect(await look(at, 29)).toEqual({ forgotten: 0, changed: 0 });
  expect(await look(at, 30)).toEqual({ forgotten: 3, changed: 1 });
  expect(await keysOf(at.kv)).toEqual(complete);
});

test('what a write shows to be lost stays known, so that it is not ordered again, and is written at the next look', async () => {
  const at = await opened();
  const complete = await keysOf(at.kv);
  const [a] = await at.certificates.list(signal);
  for (const lost of await at.kv.keys('gatefleet/certificates/')) await at.kv.transact([{ kind: 'delete', key: lost }]);
  const window = { start: real.notBefore, end: real.notAfter };
  const result = await at.store.certificates.save('a', { ...recordOf('a'), window }, a?.index ?? 0, signal);
  expect(result.kind).toBe('conflict');
  expect((await at.certificates.list(signal)).map(({ record }) => record.id)).toEqual(['a', 'b']);
  expect(await look(at)).toEqual({ forgotten: 3, changed: 1 });
  expect(await keysOf(at.kv)).toEqual(complete);
  expect(await look(at, 3)).toEqual({ forgotten: 0, changed: 0 });
});

test.each([
  { given: 'a deletion of ours', isAnswered: true },
  { given: 'a deletion of ours of unknown outcome', isAnswered: false },
])('$given is no loss when all is read again', async ({ isAnswered }) => {
  const at = await opened();
  const stored = await at.certificates.load('b', signal);
  const transact = at.kv.transact.bind(at.kv);
  at.kv.transact = async (...args) => {
    const result = await transact(...args);
    if (!isAnswered) throw new Error('no answer');
    return result;
  };
  const deleted = at.certificates.delete('b', stored?.index ?? 0, signal);
  expect(await deleted.catch(String)).toEqual(isAnswered ? { kind: 'deleted' } : 'Error: no answer');
  at.kv.transact = transact;
  at.certificates.forget();
  expect((await at.certificates.list(signal)).map(({ record }) => record.id)).toEqual(['a']);
  expect(at.certificates.seesLoss).toBe(false);
});

test('what was taken from the gateways on purpose is no sign of it', async () => {
  const at = await opened();
  await at.publisher.unpublish(['b']);
  expect(await look(at, 2)).toEqual({ forgotten: 0, changed: 0 });
});
