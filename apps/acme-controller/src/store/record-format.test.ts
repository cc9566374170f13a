import { encryptionKeySecret } from '@gatefleet/certificate-commands';
import { MemoryKvStore } from '@gatefleet/consul-kv';
import { expect, test } from '@jest/globals';
import { RecordCipher } from '../cipher/record-cipher.ts';
import { nextFormat, readsNext, writesNext } from '../testing/next-format.ts';
import { openTestTerm } from '../testing/open-test-store.ts';
import { testRecord } from '../testing/test-record.ts';
import { knownFormats } from './known-formats.ts';
import type { RecordFormats } from './record-format.ts';

const key = encryptionKeySecret.fresh();
const limit = AbortSignal.timeout(20_000);
const certificate = await testRecord(['shop.example.com']);
const { id, ca, epoch, names, privateKey } = certificate;
const account = { ca, epoch, privateKey, contact: ['mailto:platform@example.com'] };
const attempt = { ca, epoch, id, names, startedAt: '2026-11-28T00:00:00Z', failures: 0, postponed: 0 };
const order = { ...attempt, step: 'prepared', privateKey, csr: 'AAAA' } as const;
const present = knownFormats.writes.format;

const versions: Record<string, RecordFormats> = {
  'this version': knownFormats,
  'one that reads the next format': readsNext,
  'one that writes it': writesNext,
};
const each = Object.entries(versions);

const open = (store: MemoryKvStore, formats: RecordFormats, keys = key) =>
  openTestTerm(store, '', { cipher: new RecordCipher(keys), formats });
type Term = Awaited<ReturnType<typeof open>>;

/** A store in which a version of the program has saved a record of each kind. */
async function savedBy(formats: RecordFormats) {
  const store = new MemoryKvStore();
  const term = await open(store, formats);
  await term.acmeStore.accounts.save('ca', account, 0, limit);
  await term.orders.save(id, order, 0, limit);
  await term.certificates.save(id, certificate, 0, limit);
  await term.snapshot.save(id, certificate, 0, limit);
  await term.loseLeadership();
  return store;
}

const all = async ({ acmeStore, orders, certificates, snapshot }: Term) =>
  (await Promise.all([acmeStore.accounts, orders, certificates, snapshot].map((one) => one.list(limit)))).flatMap(
    (listed) => listed.map(({ record }) => record),
  );
const formatsIn = async (store: MemoryKvStore) =>
  (await store.list('gatefleet/')).flatMap(({ value }) => /"v":(\d+)/.exec(value)?.slice(1).map(Number) ?? []);

test.each(
  each
    .flatMap(([writer, writes]) => each.map(([reader, reads]) => ({ writer, writes, reader, reads })))
    .map((row) => ({
      ...row,
      then: row.reads.reads.has(row.writes.writes.format)
        ? 'as it was saved'
        : 'UNKNOWN_FORMAT, and nothing is left out',
    })),
)('what $writer saved is read by $reader: $then', async ({ writes, reads, then }) => {
  const store = await savedBy(writes);
  expect(await formatsIn(store)).toEqual(Array(4).fill(writes.writes.format));
  const reading = all(await open(store, reads));
  if (then === 'as it was saved') expect(await reading).toEqual([account, order, certificate, certificate]);
  else
    await expect(reading).rejects.toMatchObject({
      code: 'UNKNOWN_FORMAT',
      message: expect.stringContaining('format 2'),
    });
});

test('a record whose format was changed is none', async () => {
  const store = await savedBy(writesNext);
  const at = `gatefleet/certificates/${id}`;
  const entry = await store.get(at);
  await store.put(at, entry!.value.replace(`"v":${nextFormat}`, `"v":${present}`), entry!.index);
  const { certificates } = await open(store, writesNext);
  await expect(certificates.load(id, limit)).rejects.toMatchObject({ code: 'BAD_RECORD' });
});

test('a field that this version does not know is kept under another key, and is lost when the record is saved', async () => {
  const store = await savedBy(knownFormats);
  const at = `gatefleet/certificates/${id}`;
  const text = JSON.stringify({ ...certificate, later: 'unknown' });
  await store.put(at, new RecordCipher(key).seal(at, text, present), (await store.get(at))!.index);
  const both = `${encryptionKeySecret.fresh()}\n${key}`;
  const { certificates } = await open(store, knownFormats, both);
  const kept = async () => JSON.parse(new RecordCipher(both).open(at, (await store.get(at))!.value).plain) as object;
  expect(await certificates.sealAnew(id, limit)).toBe('sealed');
  expect(await kept()).toHaveProperty('later', 'unknown');
  const stored = await certificates.load(id, limit);
  expect(await certificates.save(id, stored!.record, stored!.index, limit)).toMatchObject({ kind: 'written' });
  expect(await kept()).toEqual(certificate);
});

test('this version reads what it writes', () => {
  expect([...knownFormats.reads.keys()]).toContain(present);
});
