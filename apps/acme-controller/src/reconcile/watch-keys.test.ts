import { setTimeout as sleep } from 'node:timers/promises';
import { encryptionKeySecret, fingerprint } from '@gatefleet/certificate-commands';
import { MemoryKvStore } from '@gatefleet/consul-kv';
import { expect, test } from '@jest/globals';
import { RecordCipher } from '../cipher/record-cipher.ts';
import { readSealedWith } from '../store/sealed-with.ts';
import { sealAnew } from '../store/sealed-records.ts';
import { openTestTerm } from '../testing/open-test-store.ts';
import { testRecord } from '../testing/test-record.ts';
import { watchKeys } from './watch-keys.ts';

const [a, b] = [encryptionKeySecret.fresh(), encryptionKeySecret.fresh()];
const some = await testRecord(['shop.example.com']);
const limit = AbortSignal.timeout(20_000);
const ids = Array.from({ length: 100 }, (_, index) => `id-${String(index).padStart(3, '0')}`);

/** A store in which key `a` has sealed a hundred certificates, an account and a snapshot of one. */
async function sealedByA() {
  const store = new MemoryKvStore();
  const term = await openTestTerm(store, a);
  for (const id of ids) await term.certificates.save(id, { ...some, id }, 0, limit);
  await term.snapshot.save('id-000', { ...some, id: 'id-000' }, 0, limit);
  await term.acmeStore.accounts.save('ca', { ca: 'ca', epoch: 1, privateKey: 'PRIVATE', contact: [] }, 0, limit);
  await term.loseLeadership();
  return store;
}

/** A leader with these keys. */
async function lead(store: MemoryKvStore, cipher: RecordCipher) {
  const term = await openTestTerm(store, '', { cipher });
  const { certificates, orders, records, fence, log } = term;
  const left: number[] = [];
  const sealed = [records.accounts, records.snapshot].map((one) => ({
    ids: (by: AbortSignal) => one.ids(by),
    sealAnew: async (id: string, by: AbortSignal) => (await sealAnew(one, fence, id, by)).result,
  }));
  const stop = new AbortController();
  const onLeft = (records: number) => void left.push(records);
  const kinds = [certificates, orders, ...sealed];
  const watching = watchKeys({ cipher, store, fence, kinds, onLeft, log }, stop.signal);
  const end = async () => {
    stop.abort();
    await watching;
    await term.loseLeadership();
  };
  return { ...term, left, end };
}

const keysNamed = async (store: MemoryKvStore) => {
  const values = (await store.list('gatefleet/'))
    .map(({ value }) => value)
    .filter((value) => value.includes('"nonce"'));
  const named = values.map((value) => (JSON.parse(value) as { key: string }).key);
  return {
    [fingerprint(a)]: 0,
    [fingerprint(b)]: 0,
    ...Object.fromEntries([...Map.groupBy(named, (key) => key)].map(([key, all]) => [key, all.length])),
  };
};
const sealedWith = async (store: MemoryKvStore, ...keys: string[]) => {
  const wanted = keys.map(fingerprint).join();
  while ((await readSealedWith(store, limit)).join() !== wanted) await sleep(1, undefined, { signal: limit });
};

test('with another key first, all records come under it, and only then it is the only one noted', async () => {
  const store = await sealedByA();
  const cipher = new RecordCipher(a);
  const leader = await lead(store, cipher);
  await sealedWith(store, a);
  cipher.take(new RecordCipher(`${a}\n${b}`));
  await sleep(20);
  expect(await keysNamed(store)).toEqual({ [fingerprint(a)]: 102, [fingerprint(b)]: 0 });
  cipher.take(new RecordCipher(`${b}\n${a}`));
  await sealedWith(store, b);
  expect(await keysNamed(store)).toEqual({ [fingerprint(a)]: 0, [fingerprint(b)]: 102 });
  expect(leader.left).toContain(102);
  expect(leader.left.at(-1)).toBe(0);
  await leader.end();
});

test('a leader that died in the middle is followed by one that goes on', async () => {
  const store = await sealedByA();
  const both = () => new RecordCipher(`${b}\n${a}`);
  const first = await openTestTerm(store, '', { cipher: both() });
  for (const id of ids.slice(0, 40)) await first.certificates.sealAnew(id, limit);
  await first.loseLeadership();
  expect(await keysNamed(store)).toEqual({ [fingerprint(a)]: 62, [fingerprint(b)]: 40 });
  const second = await lead(store, both());
  await sealedWith(store, b);
  expect(await keysNamed(store)).toEqual({ [fingerprint(a)]: 0, [fingerprint(b)]: 102 });
  await second.end();
});

test('who read a record before it was sealed anew saves it as if nothing had happened, again and again', async () => {
  const store = await sealedByA();
  const cipher = new RecordCipher(a);
  const leader = await lead(store, cipher);
  const before = await leader.certificates.list(limit);
  cipher.take(new RecordCipher(`${b}\n${a}`));
  const results = await Promise.all(
    before.map(async ({ record, index }, at) => {
      if (at % 2 === 0) await sealedWith(store, b);
      else await sleep(at % 5);
      const saved = await leader.certificates.save(record.id, { ...record, serial: 'cd' }, index, limit);
      const index2 = saved.kind === 'written' ? saved.index : 0;
      return [saved.kind, (await leader.certificates.save(record.id, record, index2, limit)).kind];
    }),
  );
  expect(results).toEqual(before.map(() => ['written', 'written']));
  await sealedWith(store, b);
  expect(await keysNamed(store)).toEqual({ [fingerprint(a)]: 0, [fingerprint(b)]: 102 });
  await leader.end();
});

test('a record that no key opens holds nothing up, and one of a key that is not there does, unchanged', async () => {
  const store = await sealedByA();
  const path = 'gatefleet/certificates/id-000';
  const entry = await store.get(path);
  await store.put(path, (entry?.value ?? '').replace(/"data":"..../, '"data":"AAAA'), entry?.index ?? 0);
  const leader = await lead(store, new RecordCipher(`${b}\n${a}`));
  await sealedWith(store, b);
  expect(await keysNamed(store)).toEqual({ [fingerprint(a)]: 1, [fingerprint(b)]: 101 });
  await leader.end();

  const c = encryptionKeySecret.fresh();
  const values = await store.list('gatefleet/certificates/');
  const without = await lead(store, new RecordCipher(c));
  await sealedWith(store, c, b);
  await sleep(50);
  expect(await store.list('gatefleet/certificates/')).toEqual(values);
  expect(await readSealedWith(store, limit)).toEqual([c, b].map(fingerprint));
  await without.end();
});
