import { expect, test } from '@jest/globals';
import { AcmeError } from '../errors.ts';
import type { HttpResponse } from '../protocol/http.ts';
import type { CertificateRecord } from '../records.ts';
import { createMemoryAcme } from '../testing/memory-store.ts';
import { createSelfSigned } from '../testing/self-signed.ts';
import { RenewalWindows } from './renewal-windows.ts';

const CA = 'https://ca.test/dir';
const HOUR_MS = 3_600_000;
const start = Date.parse('2026-03-01T00:00:00.000Z');
const { signal } = new AbortController();
const { certificate: chain } = await createSelfSigned({ authorityKeyId: '01', serialNumber: '0a' });
const window = { start: '2026-04-01T00:00:00.000Z', end: '2026-04-02T00:00:00.000Z' };
const later = { start: '2026-04-05T00:00:00.000Z', end: '2026-04-06T00:00:00.000Z' };

const record = (id: string, more: Partial<CertificateRecord> = {}): CertificateRecord => ({
  ca: CA,
  epoch: 1,
  id,
  names: [`${id}.example.org`],
  privateKey: '',
  chain,
  serial: '0a',
  notBefore: '2026-02-01T00:00:00.000Z',
  notAfter: '2026-05-01T00:00:00.000Z',
  ...more,
});

async function open(...records: CertificateRecord[]) {
  const { certificates } = createMemoryAcme().store;
  for (const each of records) await certificates.save(each.id, each, 0, signal);
  let now = start;
  let told: unknown = { suggestedWindow: window };
  const asked: number[] = [];
  const ca = {
    directoryUrl: CA,
    directory: async () => ({ newNonce: CA, newAccount: CA, newOrder: CA, renewalInfo: 'https://ca.test/ari' }),
    get: async (): Promise<HttpResponse> => {
      asked.push(now);
      if (told instanceof Error) throw told;
      return { status: 200, header: () => undefined, body: JSON.stringify(told) };
    },
  };
  const options = { cas: [ca], certificates, clock: { now: () => new Date(now), sleep: async () => undefined } };
  return {
    term: () => new RenewalWindows({ ...options, random: () => 0.5 }),
    tell: (answer: unknown) => void (told = answer),
    pass: (milliseconds: number) => void (now += milliseconds),
    asked,
    windowOf: async (id: string) => (await certificates.load(id, signal))?.record.window,
  };
}

test('a certificate without a window is asked about at once, and its record keeps the answer', async () => {
  const { term, windowOf } = await open(record('a'));
  const { changed, failed, nextAt } = await term().refresh(signal);
  expect({ changed, failed }).toEqual({ changed: [{ id: 'a', explanationUrl: undefined }], failed: [] });
  expect(nextAt).toEqual(new Date(start + 6 * HOUR_MS));
  expect(await windowOf('a')).toEqual(window);
});

test('it is asked again when the CA said, and another window replaces the first', async () => {
  const { term, tell, pass, asked, windowOf } = await open(record('a'));
  const windows = term();
  await windows.refresh(signal);
  pass(6 * HOUR_MS - 1);
  await windows.refresh(signal);
  expect(asked).toHaveLength(1);

  pass(1);
  tell({ suggestedWindow: later, explanationURL: 'https://ca.test/incident' });
  expect((await windows.refresh(signal)).changed).toEqual([{ id: 'a', explanationUrl: 'https://ca.test/incident' }]);
  expect(await windowOf('a')).toEqual(later);
});

test('a new leader asks about what it knows a window of within the hour, not at once', async () => {
  const { term, pass, asked } = await open(record('a', { window }));
  const windows = term();
  expect((await windows.refresh(signal)).nextAt).toEqual(new Date(start + HOUR_MS / 2));
  expect(asked).toEqual([]);
  pass(HOUR_MS / 2);
  expect((await windows.refresh(signal)).changed).toEqual([]);
  expect(asked).toHaveLength(1);
});

test('while the CA cannot be asked the known window stays, and the pauses grow from a minute to six hours', async () => {
  const { term, tell, pass, windowOf } = await open(record('a', { window }));
  const windows = term();
  await windows.refresh(signal);
  pass(HOUR_MS / 2);
  tell(new AcmeError('UNREACHABLE', 'GET: no answer'));
  const pauses: number[] = [];
  for (let i = 0; i < 12; i += 1) {
    const { failed, nextAt } = await windows.refresh(signal);
    expect(failed).toHaveLength(1);
    const now = start + HOUR_MS / 2 + pauses.reduce((a, b) => a + b, 0);
    pauses.push((nextAt?.getTime() ?? 0) - now);
    pass(pauses.at(-1) ?? 0);
  }
  expect(pauses.slice(0, 3)).toEqual([60_000, 120_000, 240_000]);
  expect(pauses.slice(-2)).toEqual([6 * HOUR_MS, 6 * HOUR_MS]);
  expect(await windowOf('a')).toEqual(window);
});

test.each([
  ['another CA issued', { ca: 'https://other.test/dir' }],
  ['has ended', { notAfter: '2026-02-28T00:00:00.000Z' }],
])('a certificate that %s is not asked about', async (_, more) => {
  const { term, asked } = await open(record('a', more));
  expect((await term().refresh(signal)).nextAt).toBeUndefined();
  expect(asked).toEqual([]);
});

test('a renewed certificate is asked about at once', async () => {
  const { term, asked } = await open(record('a'), record('b', { serial: '0b' }));
  const windows = term();
  await windows.refresh(signal);
  await windows.refresh(signal);
  expect(asked).toHaveLength(2);
});
