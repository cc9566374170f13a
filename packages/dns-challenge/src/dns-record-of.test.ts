import { expect, test } from '@jest/globals';
import { dnsRecordOf } from './dns-record-of.ts';

/** The key authorization of RFC 8555, section 8.4, with the thumbprint of RFC 7638, section 3.1. */
const keyAuthorization = 'evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA.NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs';
/** By `openssl dgst -sha256 -binary | base64`. */
const value = 'ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8';

test.each([
  { host: 'example.com', fqdn: '_acme-challenge.example.com' },
  { host: '*.example.com', fqdn: '_acme-challenge.example.com' },
  { host: 'WWW.Example.com.', fqdn: '_acme-challenge.www.example.com' },
  { host: `${'a'.repeat(63)}.example`, fqdn: `_acme-challenge.${'a'.repeat(63)}.example` },
])('$host is proven at $fqdn', ({ host, fqdn }) => {
  expect(dnsRecordOf(host, keyAuthorization)).toEqual({ fqdn, value: expect.stringMatching(/^[\w-]{43}$/) });
});

test.each([
  { given: 'no room for the label before it', host: `${`${'a'.repeat(59)}.`.repeat(4)}example` },
  { given: 'a label of 64 characters', host: `${'a'.repeat(64)}.example` },
  { given: 'an empty label', host: 'a..example' },
  { given: 'nothing', host: '' },
])('given $given, there is no such record', ({ host }) => {
  expect(() => dnsRecordOf(host, keyAuthorization)).toThrow(expect.objectContaining({ code: 'BAD_NAME' }));
});

test('the value is the digest of the whole key authorization', () => {
  expect(dnsRecordOf('example.com', keyAuthorization).value).toBe(value);
  expect(dnsRecordOf('example.com', `${keyAuthorization}x`).value).not.toBe(value);
});
