import { randomBytes } from 'node:crypto';
import type { CertificatePlan, CertificateRecord } from '@gatefleet/acme';
import { MemoryKvStore } from '@gatefleet/consul-kv';
import { expect, test } from '@jest/globals';
import { gatewayKeys } from '../store/keys.ts';
import { ManualClock, settled } from '../testing/manual-clock.ts';
import { openTestTerm } from '../testing/open-test-store.ts';
import { testRecord } from '../testing/test-record.ts';
import { PublishedSnapshot } from './published-snapshot.ts';
import { ServedCertificates } from './served-certificates.ts';

const signal = new AbortController().signal;
const now = new Date('2026-06-01T00:00:00.000Z');
const day = 86_400_000;
const life = { notBefore: now, notAfter: new Date(now.getTime() + 90 * day) };

async function opened() {
  const store = new MemoryKvStore();
  const clock = new ManualClock(now);
  const term = await openTestTerm(store, randomBytes(32).toString('base64'), { clock });
  const { certificates, publisher, snapshot, log, fence } = term;
  const told = { held: 0, unpublishable: 0, written: 0 };
  const served = new ServedCertificates({
    ...{ certificates, publisher, clock, log },
    retentionMs: 30 * day,
    onServed: () => undefined,
    onHeld: (count) => (told.held = count),
    onUnpublishable: (count) => (told.unpublishable = count),
    onWritten: () => (told.written += 1),
  });
  const kept = async () => (await certificates.list(signal)).map(({ record }) => record);
  return {
    ...{ store, clock, certificates, publisher, served, told, kept },
    snapshot: new PublishedSnapshot({ certificates, snapshot, publisher, clock, epoch: fence.epoch, log }),
    async keep(...records: CertificateRecord[]) {
      for (const record of records) {
        const before = await certificates.load(record.id, signal);
        await certificates.save(record.id, record, before?.index ?? 0, signal);
      }
    },
    /** Looks once, with these wanted, and lets what follows from it come to its end. */
    async look(...wanted: CertificateRecord[]) {
      const next = await served.bringInLine(wanted.map(planOf), signal);
      await settled();
      await clock.pass(1_000);
      return next;
    },
  };
}

const planOf = ({ id, names, notAfter }: CertificateRecord): CertificatePlan => ({
  ...{ id, names, owners: ['shop/web'], namespace: 'shop' },
  ...{ kind: 'wait', reason: 'Valid', until: new Date(notAfter) },
});

test('what nobody asks for leaves the gateways, is kept, comes back as it was, and is removed after thirty days', async () => {
  const { clock, publisher, keep, look, kept } = await opened();
  const record = await testRecord(['a.example.com'], life);
  await keep(record);
  await look(record);
  expect((await publisher.published(signal)).ids).toEqual(new Set([record.id]));

  await look();
  expect((await publisher.published(signal)).ids).toEqual(new Set());
  expect(await kept()).toMatchObject([{ id: record.id, unwantedSince: expect.any(String) }]);

  await clock.pass(29 * day);
  await look(record);
  expect((await publisher.published(signal)).ids).toEqual(new Set([record.id]));
  expect(await kept()).toEqual([record]);

  await look();
  const removedAt = await look();
  expect(removedAt).toEqual(new Date(Date.parse((await kept())[0]?.unwantedSince ?? '') + 30 * day));
  await clock.pass(30 * day);
  await look();
  expect(await kept()).toEqual([]);
});

test('more than a fifth does not go at once, until somebody says so', async () => {
  const { publisher, served, told, keep, look } = await opened();
  const one = await testRecord(['a.example.com'], life);
  const records = Array.from({ length: 55 }, (_, index) => ({ ...one, id: `id${index}` }));
  await keep(...records);
  await look(...records);
  await look(...records.slice(0, 43));
  expect((await publisher.published(signal)).ids.size).toBe(55);
  expect(told.held).toBe(12);
  expect(served.letGo()).toBe(12);
  await look(...records.slice(0, 43));
  expect((await publisher.published(signal)).ids.size).toBe(43);
  expect(told.held).toBe(0);
  await look(...records.slice(0, 35));
  expect((await publisher.published(signal)).ids.size).toBe(35);
});

test('a kept certificate that no gateway could serve is told of, and others are served', async () => {
  const { publisher, told, keep, look } = await opened();
  const [good, bad] = [await testRecord(['a.example.com'], life), await testRecord(['b.example.com'], life)];
  await keep(good, { ...bad, privateKey: good.privateKey });
  await look(good, bad);
  expect((await publisher.published(signal)).ids).toEqual(new Set([good.id]));
  expect(told).toMatchObject({ unpublishable: 1, written: 1 });
  await look(good, bad);
  // Else it would look again and again.
  expect(told.written).toBe(1);
});

test('a bad renewal, a lost and a forged certificate are undone by going back to the snapshot', async () => {
  const { store, clock, publisher, snapshot, keep, look, kept } = await opened();
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => testRecord([`${name}.example.com`], life)));
  if (a === undefined || b === undefined || c === undefined) throw new Error('there are three');
  await keep(a, b, c);
  await look(a, b, c);
  await snapshot.take(signal);

  await clock.pass(40 * day);
  const badLife = { notBefore: clock.now(), notAfter: new Date(clock.now().getTime() + 90 * day) };
  const bad = await testRecord(a.names, badLife);
  await keep(bad);
  void publisher.republish([bad]);
  await settled();
  await clock.pass(3_600_000);
  await snapshot.take(signal);
  const certFile = (id: string) => store.get(gatewayKeys(id).certFile);
  expect((await certFile(a.id))?.value).toBe(bad.chain);
  for (const file of Object.values(gatewayKeys(b.id))) await store.delete(file, (await store.get(file))?.index ?? 0);
  await store.put(gatewayKeys(c.id).certFile, 'forged', (await certFile(c.id))?.index ?? 0);

  const restoring = snapshot.restore(signal);
  await settled();
  await clock.pass(1_000);
  expect(await restoring).toEqual({ published: 3, replaced: 1, left: 0 });
  for (const { id, chain } of [a, b, c]) expect((await certFile(id))?.value).toBe(chain);
  expect((await kept()).find(({ id }) => id === a.id)).toEqual(a);
});

test('what has ended is not brought back', async () => {
  const { clock, snapshot, keep, look } = await opened();
  const record = await testRecord(['a.example.com'], life);
  await keep(record);
  await look(record);
  await snapshot.take(signal);
  await clock.pass(100 * day);
  expect(await snapshot.restore(signal)).toEqual({ published: 0, replaced: 0, left: 1 });
});
