import { beforeAll, expect, test } from '@jest/globals';
import { issueCertificate, makeAuthority, type KeyPair } from './authority.ts';
import { authoritiesText, knownCertificates, readAuthorities } from './read-certificates.ts';

const DAY_MS = 86_400_000;
const now = new Date('2030-01-01T00:00:00Z');
const names = ['consul', 'consul.gatefleet.svc', '127.0.0.1'];
let first: KeyPair;
let second: KeyPair;
let good: KeyPair;
beforeAll(async () => {
  first = await makeAuthority(now, 100 * DAY_MS);
  second = await makeAuthority(now, 200 * DAY_MS);
  good = await issueCertificate(second, names, { now, lifeMs: 90 * DAY_MS });
});

test('authorities are read as they were written', () => {
  expect(readAuthorities(authoritiesText([first, second]))).toEqual([first, second]);
});

test.each([
  { given: 'nothing', text: () => '' },
  { given: 'a certificate without a key', text: () => first.certificate },
  { given: 'a key of another', text: () => second.key + first.certificate },
  { given: 'a key that was cut', text: () => first.key.slice(0, 80) + first.certificate },
])('given $given, it is damaged, and the error shows nothing of it', ({ text }) => {
  let error: unknown;
  try {
    readAuthorities(text());
  } catch (caught) {
    error = caught;
  }
  expect(error).toMatchObject({ code: 'BAD_CONFIG' });
  expect(JSON.stringify([error, String(error)])).not.toContain('BEGIN');
});

test('a certificate is known by who signed it, and for how long', () => {
  expect(knownCertificates([first, second], good, names)).toEqual({
    authorities: [
      { notBefore: new Date('2029-12-31T23:00:00Z'), notAfter: new Date('2030-04-11T00:00:00Z') },
      { notBefore: new Date('2029-12-31T23:00:00Z'), notAfter: new Date('2030-07-20T00:00:00Z') },
    ],
    certificate: {
      notBefore: new Date('2029-12-31T23:00:00Z'),
      notAfter: new Date('2030-04-01T00:00:00Z'),
      authority: 1,
    },
  });
});

test('a certificate ends no later than who signed it', async () => {
  const late = await issueCertificate(first, names, { now, lifeMs: 365 * DAY_MS });
  expect(knownCertificates([first], late, names).certificate?.notAfter).toEqual(new Date('2030-04-11T00:00:00Z'));
});

test.each([
  { given: 'none', pair: () => undefined },
  { given: 'one with the key of another', pair: () => ({ ...good, key: first.key }) },
  { given: 'one that is no certificate', pair: () => ({ certificate: 'x', key: good.key }) },
  {
    given: 'one of an unknown CA',
    pair: async () => issueCertificate(await makeAuthority(now, DAY_MS), names, { now, lifeMs: DAY_MS }),
  },
  { given: 'one for fewer names', pair: () => issueCertificate(second, names.slice(1), { now, lifeMs: DAY_MS }) },
])('given $given, the servers have no certificate', async ({ pair }) => {
  expect(knownCertificates([first, second], await pair(), names).certificate).toBeUndefined();
});
