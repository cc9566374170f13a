import { expect, test } from '@jest/globals';
import { createSelfSigned } from '../testing/self-signed.ts';
import { canonicalSerial, checkIssued, parseLeaf } from './certificate.ts';
import { generatePrivateKey } from './private-key.ts';

const names = ['b.example.org', 'A.example.org'];
const notBefore = new Date('2026-01-01T00:00:00.000Z');
const notAfter = new Date('2026-04-01T00:00:00.000Z');
const now = new Date('2026-01-02T00:00:00.000Z');
const make = () => createSelfSigned({ names, notBefore, notAfter, serialNumber: '0a1b2c' });

test('a certificate is read in canonical form', async () => {
  const { certificate } = await make();
  expect(parseLeaf(certificate)).toEqual({
    serial: '0a1b2c',
    names: ['a.example.org', 'b.example.org'],
    notBefore: '2026-01-01T00:00:00.000Z',
    notAfter: '2026-04-01T00:00:00.000Z',
  });
});

test.each([
  ['0A:1B:2C', '0a1b2c'],
  ['A1B2C', '0a1b2c'],
  ['0a1b2c', '0a1b2c'],
])('serial %s is spelled %s', (text, serial) => {
  expect(canonicalSerial(text)).toBe(serial);
});

test('a certificate for our key and names is taken', async () => {
  const { certificate, privateKey } = await make();
  expect(checkIssued(certificate, ['a.example.org'], privateKey, now)).toMatchObject({ serial: '0a1b2c' });
});

test('a certificate for another key, for fewer names, out of date, or none at all is refused', async () => {
  const { certificate, privateKey } = await make();
  const refused = (why: string) =>
    expect.objectContaining({ code: 'BAD_CERTIFICATE', message: expect.stringContaining(why) });
  const otherKey = await generatePrivateKey();
  expect(() => checkIssued(certificate, ['a.example.org'], otherKey, now)).toThrow(refused('another key'));
  const more = ['a.example.org', 'c.example.org'];
  expect(() => checkIssued(certificate, more, privateKey, now)).toThrow(refused('does not cover c.example.org'));
  expect(() => checkIssued(certificate, ['a.example.org'], privateKey, notAfter)).toThrow(refused('it ended'));
  expect(() => checkIssued('<html>', ['a.example.org'], privateKey, now)).toThrow(refused('not PEM'));
});
