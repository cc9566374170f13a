import { setTimeout as sleep } from 'node:timers/promises';
import { encryptionKeySecret, fingerprint } from '@gatefleet/certificate-commands';
import { MemoryKvStore } from '@gatefleet/consul-kv';
import { expect, test } from '@jest/globals';
import { RecordCipher } from '../cipher/record-cipher.ts';
import { knownFormats } from '../store/known-formats.ts';
import type { RecordFormats } from '../store/record-format.ts';
import { readSealedWith } from '../store/sealed-with.ts';
import { sealAnew } from '../store/sealed-records.ts';
import { nextFormat, readsNext, writesNext } from '../testing/next-format.ts';
import { openTestTerm } from '../testing/open-test-store.ts';
import { testRecord } from '../testing/test-record.ts';
import { watchSealing } from './watch-sealing.ts';

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
  await term.acmeStore.accounts.save('ca', { ca: some.ca, epoch: 1, privateKey: 'PRIVATE', contact: [] }, 0, limit);
  await term.loseLeadership();
  return store;
}

/** A leader with these keys, of this version or one that knows these formats. */
async function lead(store: MemoryKvStore, cipher: RecordCipher, formats: RecordFormats = knownFormats) {
  const term = await openTestTerm(store, '', { cipher, formats });
  const { certificates, orders, records, fence, log } = term;
  const left: number[] = [];
  const sealed = [records.accounts, records.snapshot].map((one) => ({
    ids: (by: AbortSignal) => one.ids(by),
    sealAnew: async (id: string, by: AbortSignal) => (await sealAnew(one, fence, id, by)).result,
  }));
  const stop = new AbortController();
  const onLeft = (records: number) => void left.push(records);
  const kinds = [certificates, orders, ...sealed];
  const watching = watchSealing({ cipher, formats, store, fence, kinds, onLeft, log }, stop.signal);
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
  while ((await readSealedWith(store, limit)).keys.join() !== wanted) await sleep(1, undefined, { signal: limit });
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

async function damage(store: MemoryKvStore, path: string): Promise<void> {
  const entry = await store.get(path);
  await store.put(path, (entry?.value ?? '').replace(/"data":"..../, '"data":"AAAA'), entry?.index ?? 0);
}

test('a record that was damaged is one that cannot be read, also once its key is forgotten and another follows', async () => {
  const store = await sealedByA();
  await damage(store, 'gatefleet/certificates/id-000');
  for (const keys of [`${b}\n${a}`, b, `${a}\n${b}`, a]) {
    const leader = await lead(store, new RecordCipher(keys));
    await sealedWith(store, keys.split('\n')[0] ?? '');
    const { readable, unreadable } = await leader.records.certificates.readAll(limit);
    expect([readable.size, ...unreadable]).toEqual([99, 'id-000']);
    await leader.end();
  }
});

test('a record that no key opens holds nothing up, and one of a key that is not there does, unchanged', async () => {
  const store = await sealedByA();
  await damage(store, 'gatefleet/certificates/id-000');
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
  expect((await readSealedWith(store, limit)).keys).toEqual([c, b].map(fingerprint));
  await without.end();
});

const present = knownFormats.writes.format;
/** How many records are in each format. */
const formatsNamed = async (store: MemoryKvStore) => {
  const named = (await store.list('gatefleet/')).flatMap(({ value }) => /"v":\d+/g.exec(value) ?? []);
  return Object.fromEntries([...Map.groupBy(named, (v) => v)].map(([v, all]) => [Number(v.slice(4)), all.length]));
};
const inFormats = async (store: MemoryKvStore, ...formats: number[]) => {
  while ((await readSealedWith(store, limit)).formats.join() !== formats.join())
    await sleep(1, undefined, { signal: limit });
};

test('a version that writes another format brings all records into it, and the one before it brings them back', async () => {
  const store = await sealedByA();
  const [before] = [await store.list('gatefleet/certificates/')];
  const readers = await lead(store, new RecordCipher(a), readsNext);
  await inFormats(store, present);
  await readers.end();
  expect(await formatsNamed(store)).toEqual({ [present]: 102 });

  const writers = await lead(store, new RecordCipher(a), writesNext);
  await inFormats(store, nextFormat);
  expect(await formatsNamed(store)).toEqual({ [nextFormat]: 102 });
  expect([writers.left[0], writers.left.at(-1)]).toEqual([102, 0]);
  const listed = await writers.certificates.list(limit);
  expect(listed.map(({ record }) => record)).toEqual(ids.map((id) => ({ ...some, id })));
  await writers.end();

  const back = await lead(store, new RecordCipher(a), readsNext);
  await inFormats(store, present);
  expect(await formatsNamed(store)).toEqual({ [present]: 102 });
  await back.end();
  const plain = (entries: typeof before) => entries.map(({ key, value }) => new RecordCipher(a).open(key, value).plain);
  expect(plain(await store.list('gatefleet/certificates/')).map((text) => JSON.parse(text) as object)).toEqual(
    plain(before).map((text) => JSON.parse(text) as object),
  );
});

test('the later format is noted before the first record is in it, and the earlier one until none is', async () => {
  const store = await sealedByA();
  const transact = store.transact.bind(store);
  const seen = new Set<string>();
  store.transact = async (...args) => {
    const done = await transact(...args);
    const { formats } = await readSealedWith(store, limit);
    seen.add(`${Object.keys(await formatsNamed(store)).join()} under ${formats.join()}`);
    return done;
  };
  const leader = await lead(store, new RecordCipher(`${b}\n${a}`), writesNext);
  await inFormats(store, nextFormat);
  await leader.end();
  const both = `${nextFormat},${present}`;
  expect([...seen]).toEqual([
    `${present} under ${both}`,
    `${present},${nextFormat} under ${both}`,
    `${nextFormat} under ${both}`,
    `${nextFormat} under ${nextFormat}`,
  ]);
  expect(await keysNamed(store)).toEqual({ [fingerprint(a)]: 0, [fingerprint(b)]: 102 });
});

test('who read a record before it came into another format saves it as if nothing had happened', async () => {
  const store = await sealedByA();
  const leader = await openTestTerm(store, '', { cipher: new RecordCipher(a), formats: writesNext });
  const [first] = await leader.certificates.list(limit);
  expect(await leader.certificates.sealAnew('id-000', limit)).toBe('sealed');
  const saved = await leader.certificates.save('id-000', { ...first!.record, serial: 'cd' }, first!.index, limit);
  expect(saved).toMatchObject({ kind: 'written' });
  expect(await formatsNamed(store)).toEqual({ [present]: 101, [nextFormat]: 1 });
});

test('a leader of a version that does not read what is noted writes nothing', async () => {
  const store = await sealedByA();
  const writers = await lead(store, new RecordCipher(a), writesNext);
  await inFormats(store, nextFormat);
  await writers.end();
  const records = await store.list('gatefleet/');
  const earlier = await lead(store, new RecordCipher(`${b}\n${a}`));
  await sleep(50);
  await earlier.end();
  const values = (entries: typeof records) =>
    new Map(entries.filter(({ key }) => key !== 'gatefleet/leader').map(({ key, value }) => [key, value]));
  expect(values(await store.list('gatefleet/'))).toEqual(values(records));
});

test('a record that cannot be brought into the format stays as it is, and so does the note of its own', async () => {
  const store = await sealedByA();
  const path = 'gatefleet/certificates/id-050';
  const entry = await store.get(path);
  await store.put(path, new RecordCipher(a).seal(path, '{"id":"id-050"}', present), entry?.index ?? 0);
  const { value } = (await store.get(path))!;
  const leader = await lead(store, new RecordCipher(a), writesNext);
  await inFormats(store, nextFormat, present);
  while ((await formatsNamed(store))[nextFormat] === undefined) await sleep(1, undefined, { signal: limit });
  await sleep(50);
  expect((await store.get(path))?.value).toBe(value);
  expect((await readSealedWith(store, limit)).formats).toEqual([nextFormat, present]);
  expect(leader.left.at(-1)).toBeGreaterThan(0);
  await leader.end();
});
