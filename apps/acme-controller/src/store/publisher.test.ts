import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { MemoryKvStore, type KvOperation, type TransactResult } from '@gatefleet/consul-kv';
import { expect, test } from '@jest/globals';
import { ManualClock, settled } from '../testing/manual-clock.ts';
import { openTestTerm } from '../testing/open-test-store.ts';
import { testRecord } from '../testing/test-record.ts';
import { GATEWAY_CERTIFICATES, gatewayKeys } from './keys.ts';

const key = randomBytes(32).toString('base64');
const signal = new AbortController().signal;

/** Notes each transaction that reaches the gateways, by its number of operations there. */
class WatchedStore extends MemoryKvStore {
  readonly batches: number[] = [];
  override transact(operations: readonly KvOperation[], by?: AbortSignal): Promise<TransactResult> {
    const there = operations.filter((operation) => operation.key.startsWith(GATEWAY_CERTIFICATES));
    if (there.length > 0) this.batches.push(there.length);
    return super.transact(operations, by);
  }
}

async function opened() {
  const store = new WatchedStore();
  const clock = new ManualClock(new Date());
  const reloads: number[] = [];
  const term = await openTestTerm(store, key, { clock, onReload: (certificates) => reloads.push(certificates) });
  return { ...term, store, clock, reloads };
}

test('changes that come together go in one batch of transactions with 25 certificates each, and count as one reload', async () => {
  const { store, publisher, clock, reloads } = await opened();
  const record = await testRecord(['a.example.com']);
  const records = Array.from({ length: 60 }, (_, index) => ({ ...record, id: `id${index}` }));
  await publisher.republish(records.slice(0, 1));
  void publisher.republish(records.slice(1));
  await settled();
  expect(store.batches).toEqual([2]);
  await clock.pass(999);
  expect(store.batches).toEqual([2]);
  await clock.pass(1);
  expect(store.batches).toEqual([2, 50, 50, 18]);
  expect(reloads).toEqual([1, 59]);
  await clock.pass(5_000);
  expect(store.batches).toHaveLength(4);
});

test('the more the gateways have to read, the longer a batch waits for the one before', async () => {
  const { store, publisher, clock } = await opened();
  const record = await testRecord(['a.example.com']);
  const records = Array.from({ length: 502 }, (_, index) => ({ ...record, id: `id${index}` }));
  await publisher.published(signal);
  await publisher.republish(records.slice(0, 500));
  void publisher.republish(records.slice(500));
  await settled();
  await clock.pass(1_999);
  expect(store.batches).toHaveLength(20);
  await clock.pass(1);
  expect(store.batches.slice(20)).toEqual([4]);
});

test('a key is never there without its certificate, nor what no gateway could serve', async () => {
  const { store, publisher } = await opened();
  const [good, other] = [await testRecord(['a.example.com']), await testRecord(['b.example.com'])];
  const mixed = { ...good, id: other.id, names: other.names, privateKey: other.privateKey };
  expect(await publisher.publish(good, signal)).toBe('published');
  await expect(publisher.publish(mixed, signal)).rejects.toMatchObject({ code: 'BAD_CERTIFICATE' });
  await expect(publisher.publish({ ...good, chain: '' }, signal)).rejects.toMatchObject({ code: 'BAD_CERTIFICATE' });
  const { certFile, keyFile } = gatewayKeys(good.id);
  expect(await store.keys(GATEWAY_CERTIFICATES)).toEqual([certFile, keyFile]);
  const served = new X509Certificate((await store.get(certFile))?.value ?? '');
  expect(served.checkPrivateKey(createPrivateKey((await store.get(keyFile))?.value ?? ''))).toBe(true);
});

test('one that cannot be published does not keep back the others', async () => {
  const { publisher } = await opened();
  const [good, bad] = [await testRecord(['a.example.com']), await testRecord(['b.example.com'])];
  const failed = await publisher.republish([{ ...bad, chain: 'x' }, good]);
  expect(failed.map(({ id }) => id)).toEqual([bad.id]);
  expect((await publisher.published(signal)).ids).toEqual(new Set([good.id]));
});

test('half a certificate that somebody left there is taken away, and does not count as published', async () => {
  const { store, publisher } = await opened();
  await store.put(gatewayKeys('half').keyFile, 'x', 0);
  expect((await publisher.published(signal)).ids).toEqual(new Set());
  expect(await store.keys(GATEWAY_CERTIFICATES)).toEqual([]);
});
