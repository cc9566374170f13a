import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { closedConsul, startConsul, type ClosedConsul, type ConsulProgram } from '@gatefleet/test-programs';
import { testKvStore } from '../kv-store.contract.ts';
import { ConsulKvStore } from './consul-kv-store.ts';

let folder: string;
let closed: ClosedConsul;
let consul: ConsulProgram;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatefleet-kv-'));
  closed = await closedConsul(folder);
  consul = await startConsul(closed);
}, 600_000);
afterAll(async () => {
  await consul.stop();
  await rm(folder, { recursive: true });
});

const open = async () => ({
  store: new ConsulKvStore({ addresses: [consul.address], ...closed.as(), watchSeconds: 2 }),
  prefix: `test/${randomUUID()}/`,
});
testKvStore('consul', open);

test('a watch sleeps over a change elsewhere and wakes for its own', async () => {
  const { store, prefix } = await open();
  const stop = new AbortController();
  const seen: string[][] = [];
  const watching = (async () => {
    for await (const entries of store.watch({ prefix }, stop.signal)) {
      seen.push(entries.map(({ value }) => value));
      if (entries.length === 2) stop.abort();
    }
  })();
  await store.put(`beside/${prefix}x`, '0', 0);
  await store.put(`${prefix}a`, '1', 0);
  await store.put(`${prefix}b`, '2', 0);
  await watching;
  expect(seen.at(-1)).toEqual(['1', '2']);
});

test('a name stands for all its addresses', async () => {
  const addresses = [consul.address.replace('127.0.0.1', 'localhost')];
  const store = new ConsulKvStore({ addresses, ...closed.as() });
  expect(await store.get('test/none')).toBeUndefined();
});

test('the lock of a session that ended stays closed for the lock delay', async () => {
  const { store, prefix } = await open();
  const options = { name: 'test', ttlSeconds: 10, lockDelaySeconds: 1 };
  const [first, second] = [await store.createSession(options), await store.createSession(options)];
  await store.acquire(`${prefix}leader`, '', first);
  await store.destroySession(first);
  expect(await store.acquire(`${prefix}leader`, '', second)).toEqual({ kind: 'held' });
  let result = await store.acquire(`${prefix}leader`, '', second);
  while (result.kind === 'held') result = await store.acquire(`${prefix}leader`, '', second);
  expect(result).toEqual({ kind: 'acquired' });
});
