import { beforeAll, describe, expect, test } from '@jest/globals';
import type { CertificateRecord } from '@gatefleet/acme';
import fc from 'fast-check';
import { detectFormat } from '../detect-format.ts';
import { TransferError } from '../errors.ts';
import { readCertificates } from '../read-certificates.ts';
import { recordOf } from '../testing/record-of.ts';
import { createTestAuthority, now, type Issued } from '../testing/test-authority.ts';
import { writeBackup } from './backup.ts';
import { defaultScryptCost } from './passphrase-seal.ts';

const passphrase = 'correct horse battery staple';
const cost = { N: 2, r: 1, p: 1 };
const pool: { readonly issued: Issued; readonly names: readonly string[] }[] = [];

beforeAll(async () => {
  const authority = await createTestAuthority();
  for (const names of [['a.example.org'], ['b.example.org', 'c.example.org'], ['d.example.org']]) {
    pool.push({ names, issued: await authority.issue(names, { keyKind: names.length === 2 ? 'RSA' : 'EC' }) });
  }
});

const write = (records: readonly CertificateRecord[]) => writeBackup(records, { passphrase, createdAt: now, cost });
const read = (file: Buffer, given: string | undefined = passphrase) =>
  readCertificates(file, { fileName: 'fleet.backup', now, passphrase: given });
const all = () => pool.map(({ issued, names }) => recordOf(issued, names));

const times = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true });

test('export, then import gives the same', () => {
  const details = fc.record({
    at: fc.constantFrom(0, 1, 2),
    ca: fc.webUrl(),
    epoch: fc.nat(),
    window: fc.option(fc.tuple(times, times), { nil: undefined }),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(details, { selector: ({ at }) => at }),
      fc.string({ minLength: 12 }),
      (chosen, phrase) => {
        const records = chosen.map(({ at, ca, epoch, window }): CertificateRecord => {
          const { issued, names } = pool[at]!;
          const [start, end] = window?.map((time) => time.toISOString()) ?? [];
          return {
            ...{ ...recordOf(issued, names), ca, epoch },
            ...(start !== undefined && end !== undefined && { window: { start, end } }),
          };
        });
        const file = writeBackup(records, { passphrase: phrase, createdAt: now, cost });
        expect(read(file, phrase)).toEqual({
          certificates: records.map(({ names, chain, privateKey, serial, notBefore, notAfter, ca, window }, at) => ({
            ...{ names, chain, privateKey, serial, notBefore, notAfter, source: `certificates[${at}]` },
            fromBackup: { ca, ...(window && { window }) },
          })),
          refused: [],
          duplicates: [],
        });
      },
    ),
    { numRuns: 50 },
  );
});

test('any bit flipped is refused', () => {
  const file = write(all());
  fc.assert(
    fc.property(fc.nat(file.length * 8 - 1), (bit) => {
      const flipped = Buffer.from(file);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => read(flipped)).toThrow(TransferError);
    }),
    { numRuns: 500 },
  );
});

test('any bit of the header flipped is refused, every one of them', () => {
  const file = write([]);
  const header = file.indexOf('\n') + 1;
  for (let bit = 0; bit < header * 8; bit += 1) {
    const flipped = Buffer.from(file);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    expect(() => read(flipped)).toThrow(TransferError);
  }
});

test('any truncation, and anything added, is refused', () => {
  const file = write(all().slice(0, 1));
  for (let length = 0; length < file.length; length += 1) {
    expect(() => read(file.subarray(0, length))).toThrow(TransferError);
  }
  expect(() => read(Buffer.concat([file, Buffer.from('\n')]))).toThrow(TransferError);
  expect(() => read(Buffer.from(file.toString().replaceAll('\n', '\r\n')))).toThrow(TransferError);
});

test('nothing of a certificate or a key stands in the file in plain', () => {
  const text = write(all()).toString();
  expect(text).not.toMatch(/example\.org|PRIVATE|CERTIFICATE/);
  const decoded = Buffer.from(text.split('\n')[1]!, 'base64').toString('latin1');
  expect(decoded).not.toMatch(/example\.org|PRIVATE|CERTIFICATE/);
  expect(Object.keys(JSON.parse(text.split('\n')[0]!))).toEqual(['format', 'version', 'createdAt', 'kdf', 'cipher']);
});

test('two backups of the same share neither salt nor nonce', () => {
  const [one, other] = [write([]), write([])].map((file) => JSON.parse(file.toString().split('\n')[0]!));
  expect(one.kdf.salt).not.toBe(other.kdf.salt);
  expect(one.cipher.nonce).not.toBe(other.cipher.nonce);
});

test('a backup at full cost opens, and a passphrase is the same however its letters are composed', () => {
  const file = writeBackup(all(), { passphrase: 'cafe\u0301 au lait et croissant', createdAt: now });
  expect(file.toString()).toContain(`"N":${defaultScryptCost.N}`);
  expect(read(file, 'caf\u00e9 au lait et croissant').certificates).toHaveLength(3);
});

interface FileHeader {
  version?: number;
  createdAt: string;
  readonly kdf: { N: number; salt: string };
}

describe('is refused with a code and a hint', () => {
  const header = (change: (header: FileHeader) => void) => {
    const [first, second] = write([]).toString().split('\n');
    const parsed = JSON.parse(first!) as FileHeader;
    change(parsed);
    return Buffer.from(`${JSON.stringify(parsed)}\n${second}\n`);
  };
  test.each<[string, () => unknown, string, RegExp]>([
    ['the wrong passphrase', () => read(write([]), 'wrong'), 'BACKUP_NOT_OPENED', /fleet\.backup of 2026-02-01/],
    ['no passphrase', () => read(write([]), ''), 'PASSPHRASE_MISSING', /encrypted/],
    [
      'writing with a short passphrase',
      () => writeBackup([], { passphrase: 'elevenchars', createdAt: now, cost }),
      'PASSPHRASE_TOO_SHORT',
      /fewer than 12/,
    ],
    ['a later version', () => read(header((h) => (h.version = 2))), 'BACKUP_TOO_NEW', /version 2/],
    ['no version', () => read(header((h) => delete h.version)), 'INPUT_BROKEN', /not a header/],
    [
      'more memory than there is',
      () => read(header((h) => (h.kdf.N = 2 ** 40))),
      'INPUT_BROKEN',
      /not one that is ever written/,
    ],
    [
      'a cost that scrypt cannot have',
      () => read(header((h) => (h.kdf.N = 2 ** 16))),
      'INPUT_BROKEN',
      /not one that is ever written/,
    ],
    [
      'a cost that is no power of two',
      () => read(header((h) => (h.kdf.N = 3))),
      'INPUT_BROKEN',
      /not one that is ever written/,
    ],
    ['a short salt', () => read(header((h) => (h.kdf.salt = 'AAAA'))), 'INPUT_BROKEN', /not one that is ever written/],
    [
      'a changed time',
      () => read(header((h) => (h.createdAt = '2025-01-01T00:00:00Z'))),
      'BACKUP_NOT_OPENED',
      /changed/,
    ],
    [
      'an empty body',
      () =>
        read(
          Buffer.from(
            `${
              header(() => 0)
                .toString()
                .split('\n')[0]
            }\n\n`,
          ),
        ),
      'BACKUP_NOT_OPENED',
      /changed/,
    ],
  ])('%s', (_, act, code, message) => {
    expect(act).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message), hint: expect.any(String) }),
    );
  });
});

test('a record that cannot be read is refused, and the others are taken', () => {
  const [good] = all();
  const bad = { ...good, notAfter: 'never' } as CertificateRecord;
  const file = write([bad, good!]);
  expect(detectFormat(file, 'x')).toBe('gatefleet-backup');
  expect(read(file)).toMatchObject({
    certificates: [{ source: 'certificates[1]' }],
    refused: [{ source: 'certificates[0]', reason: 'it is not a record of a certificate' }],
  });
});
