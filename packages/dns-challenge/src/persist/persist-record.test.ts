import { expect, test } from '@jest/globals';
import { judgePersistValue } from './judge-persist-value.ts';
import { accountUris, hashedAccountUri, persistRecord } from './persist-record.ts';

const issuerDomain = 'authority.example';
const accountUri = 'https://ca.example/acct/123';
const until = new Date('2024-07-26T00:00:00.500Z');

test.each([
  { host: 'example.com', options: {}, value: `${issuerDomain}; accounturi=${accountUri}` },
  { host: '*.example.com', options: {}, value: `${issuerDomain}; accounturi=${accountUri}; policy=wildcard` },
  {
    host: 'Example.com',
    options: { wildcard: true },
    value: `${issuerDomain}; accounturi=${accountUri}; policy=wildcard`,
  },
  {
    host: 'example.com',
    options: { until },
    value: `${issuerDomain}; accounturi=${accountUri}; persistUntil=1721952000`,
  },
])('the record for $host with $options is $value', ({ host, options, value }) => {
  expect(persistRecord(host, { issuerDomain, accountUri, ...options })).toEqual({
    fqdn: '_validation-persist.example.com',
    value,
    zoneFileLine: `_validation-persist.example.com. IN TXT "${value}"`,
  });
});

test('a long value is written as several strings', () => {
  const { zoneFileLine } = persistRecord('example.com', { issuerDomain, accountUri: `https://${'a'.repeat(300)}` });
  expect(zoneFileLine).toMatch(/ IN TXT "[^"]{255}" "[^"]+"$/);
});

test('a hashed account is that of the draft’s own example', () => {
  const thumbprint = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs';
  const prefix = 'https://ca.example/account-hash/';
  expect(hashedAccountUri('*.EXAMPLE.com', { prefix, accountUrl: accountUri, thumbprint })).toBe(
    'https://ca.example/account-hash/sha-256/5SQm7n6tPh2-PlLbCKGnViTXX5z19SCN4cPGQHSk-kw',
  );
});

test('a hashed account for any host is that of the draft’s rule too', () => {
  const thumbprint = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs';
  expect(hashedAccountUri('*', { prefix: 'p/', accountUrl: accountUri, thumbprint })).toBe(
    'p/sha-256/NpDnSwUthQK8zCgFdefYxAdAVPnygMLbs9US6oO-5ug',
  );
});

const hashed = (host: string, thumbprint: string) =>
  hashedAccountUri(host, { prefix: 'p/', accountUrl: accountUri, thumbprint });

test.each([
  { given: 'a CA that wants the URL', account: { uri: accountUri }, uris: [accountUri] },
  {
    given: 'a CA that wants a hash',
    account: { uri: accountUri, hashed: { prefix: 'p/', thumbprints: ['now'] } },
    uris: [hashed('example.com', 'now'), hashed('*', 'now')],
  },
  {
    given: 'an account that had another key before',
    account: { uri: accountUri, hashed: { prefix: 'p/', thumbprints: ['now', 'old'] } },
    uris: [hashed('example.com', 'now'), hashed('example.com', 'old'), hashed('*', 'now'), hashed('*', 'old')],
  },
])('given $given, records may name the account so, the first for choice', ({ account, uris }) => {
  expect(accountUris('*.example.com', account)).toEqual(uris);
});

const now = new Date('2026-03-01T12:00:00Z');
const ours = `${issuerDomain}; accounturi=${accountUri}`;
const later = '; persistUntil=1800000000';

test.each<{ given: string; value: string; wildcard?: boolean; then: object }>([
  { given: 'what we print', value: ours, then: { kind: 'valid', until: undefined } },
  { given: 'a wildcard', value: `${ours}; policy=wildcard`, wildcard: true, then: { kind: 'valid', until: undefined } },
  {
    given: 'capitals in tag and policy',
    value: `${ours};Policy=WildCard`,
    wildcard: true,
    then: { kind: 'valid', until: undefined },
  },
  { given: 'a time to come', value: ours + later, then: { kind: 'valid', until: new Date(1_800_000_000_000) } },
  { given: 'no space at all', value: ours.replace(' ', ''), then: { kind: 'valid', until: undefined } },
  { given: 'an unknown tag', value: `${ours}; new=1`, then: { kind: 'valid', until: undefined } },
  {
    given: 'a time gone by',
    value: `${ours}; persistUntil=1700000000`,
    then: { kind: 'expired', until: new Date(1_700_000_000_000) },
  },
  { given: 'no policy for a wildcard', value: ours, wildcard: true, then: { kind: 'no-wildcard' } },
  { given: 'another policy for a wildcard', value: `${ours}; policy=x`, wildcard: true, then: { kind: 'no-wildcard' } },
  { given: 'another account', value: `${ours}4`, then: { kind: 'other-account', accountUri: `${accountUri}4` } },
  {
    given: 'an account in capitals',
    value: ours.replace('acct', 'ACCT'),
    then: expect.objectContaining({ kind: 'other-account' }),
  },
  { given: 'another CA', value: `other.example; accounturi=${accountUri}`, then: { kind: 'other-issuer' } },
  { given: 'something else', value: 'v=spf1 -all', then: { kind: 'other-issuer' } },
  { given: 'no account', value: issuerDomain, then: { kind: 'malformed', reason: 'accounturi is missing' } },
  { given: 'a semicolon at the end', value: `${ours};`, then: { kind: 'malformed', reason: 'it has an empty part' } },
  {
    given: 'a tag twice',
    value: `${ours}; policy=x; POLICY=y`,
    then: { kind: 'malformed', reason: 'POLICY is given twice' },
  },
  { given: 'a word', value: `${ours}; wildcard`, then: { kind: 'malformed', reason: 'wildcard is not tag=value' } },
  {
    given: 'a date',
    value: `${ours}; persistUntil=2026-01-01`,
    then: { kind: 'malformed', reason: 'persistUntil is not Unix seconds' },
  },
  { given: 'a space within', value: `${ours} x`, then: expect.objectContaining({ kind: 'malformed' }) },
])('given $given, a CA would say $then.kind', ({ value, wildcard = false, then }) => {
  expect(judgePersistValue(value, { issuerDomain, accountUris: ['x', accountUri], wildcard }, now)).toEqual(then);
});
