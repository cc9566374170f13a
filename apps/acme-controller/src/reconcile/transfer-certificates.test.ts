import { randomBytes } from 'node:crypto';
import type { CertificateRecord } from '@gatefleet/acme';
import { MemoryKvStore } from '@gatefleet/consul-kv';
import { expect, test } from '@jest/globals';
import { gatewayKeys } from '../store/keys.ts';
import { FakeTransferBox } from '../testing/fake-kubernetes.ts';
import { ManualClock, settled } from '../testing/manual-clock.ts';
import { openTestTerm } from '../testing/open-test-store.ts';
import { testRecord } from '../testing/test-record.ts';
import { exportCertificates, importCertificates } from './transfer-certificates.ts';

const signal = new AbortController().signal;
const now = new Date('2026-06-01T00:00:00.000Z');
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);
const ca = 'https://first.example/dir';

async function opened() {
  const store = new MemoryKvStore();
  const clock = new ManualClock(now);
  const box = new FakeTransferBox();
  const { certificates, publisher } = await openTestTerm(store, randomBytes(32).toString('base64'), { clock });
  const deps = { certificates, publisher, box, ca, epoch: 7, clock };
  return {
    ...deps,
    store,
    import: () => importCertificates(deps, signal),
    load: (id: string) => certificates.load(id, signal),
  };
}

const lasting = (name: string, days: number) => testRecord([name], { notBefore: inDays(-30), notAfter: inDays(days) });
const brought = (record: CertificateRecord, more: object = {}) => {
  const { names, chain, privateKey } = record;
  return { names, chain, privateKey, source: 'acme.json', ...more };
};

test('what is brought is kept until somebody asks for it, and bringing it again changes nothing', async () => {
  const { box, import: bring, load } = await opened();
  const record = await lasting('a.example.com', 60);
  box.page = { certificates: [brought(record)] };
  expect(await bring()).toEqual({ kind: 'done', message: 'imported 1, kept what lasts longer for 0, refused 0' });
  const stored = await load(record.id);
  expect(stored?.record).toEqual({ ...record, ca, unwantedSince: now.toISOString() });
  expect(await bring()).toMatchObject({ message: 'imported 0, kept what lasts longer for 1, refused 0' });
  expect(await load(record.id)).toEqual(stored);
});

test('gateways that have an older one get it at once; one that lasts longer stays', async () => {
  const { box, store, clock, certificates, publisher, import: bring, load } = await opened();
  const [old, longer] = [await lasting('a.example.com', 10), await lasting('b.example.com', 80)];
  for (const record of [old, longer]) await certificates.save(record.id, record, 0, signal);
  await publisher.republish([old]);
  const better = await lasting('a.example.com', 60);
  box.page = { certificates: [brought(better), brought(await lasting('b.example.com', 60))] };
  const done = bring();
  await settled();
  await clock.pass(1_000);
  expect(await done).toMatchObject({ message: 'imported 1, kept what lasts longer for 1, refused 0' });
  expect((await store.get(gatewayKeys(old.id).certFile))?.value).toBe((await load(old.id))?.record.chain);
  expect((await load(old.id))?.record.serial).toBe(better.serial);
  expect((await load(longer.id))?.record).toEqual(longer);
});

test('what cannot be served is refused here too', async () => {
  const { box, certificates, import: bring } = await opened();
  const [a, b] = [await lasting('a.example.com', 60), await lasting('b.example.com', 60)];
  box.page = { certificates: [brought(a, { privateKey: b.privateKey }), brought(b, { chain: '' }), 'x'] };
  expect(await bring()).toMatchObject({ message: 'imported 0, kept what lasts longer for 0, refused 3' });
  expect(await certificates.list(signal)).toEqual([]);
});

test('a backup brings back what it was made from: CA, names and window', async () => {
  const [from, to] = [await opened(), await opened()];
  const window = { start: inDays(30).toISOString(), end: inDays(31).toISOString() };
  const record = { ...(await lasting('a.example.com', 60)), ca: 'https://second.example/dir', window };
  await from.certificates.save(record.id, record, 0, signal);
  expect(await exportCertificates(undefined, from, signal)).toMatchObject({ kind: 'done' });
  expect(from.box.page?.next).toBeUndefined();
  const [exported] = from.box.page?.certificates as CertificateRecord[];
  to.box.page = { certificates: [brought(record, { fromBackup: exported })] };
  await to.import();
  expect((await to.load(record.id))?.record).toEqual({ ...record, unwantedSince: now.toISOString() });
});

test('pages come in the order of ids, each once', async () => {
  const { box, certificates } = await opened();
  const record = await lasting('a.example.com', 60);
  const large = 'x'.repeat(150_000);
  for (const id of ['c', 'f', 'a', 'b', 'd', 'e'])
    await certificates.save(id, { ...record, id, chain: large }, 0, signal);
  const ids = () => (box.page?.certificates as CertificateRecord[]).map(({ id }) => id);
  await exportCertificates(undefined, { certificates, box }, signal);
  expect([ids(), box.page?.next]).toEqual([['a', 'b', 'c', 'd'], 'd']);
  await exportCertificates('d', { certificates, box }, signal);
  expect([ids(), box.page?.next]).toEqual([['e', 'f'], undefined]);
});

test('without anything there, nothing is imported', async () => {
  const { import: bring } = await opened();
  expect(await bring()).toEqual({ kind: 'refused', message: 'there is nothing to import' });
});
