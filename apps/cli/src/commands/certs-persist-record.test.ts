import { expect, test } from '@jest/globals';
import { checkedIssuers, lineOf, textOf } from './certs-persist-record.ts';

const issuer = {
  issuer: 'https://ca.example/dir',
  issuerDomains: ['ca.example'],
  accountUri: 'https://ca.example/acct/1',
};
const line = '_validation-persist.shop.example.com. IN TXT "ca.example; accounturi=https://ca.example/acct/1"';
const place = { server: 'ns1.example.com', address: '192.0.2.53' };

test.each([
  ['shop.example.com', line],
  ['*.shop.example.com', line.replace('/1"', '/1; policy=wildcard"')],
])('the record for %s is printed as a zone file has it', (host, expected) => {
  expect(textOf([lineOf(host, issuer, { kind: 'valid', until: undefined })])).toBe(
    `${expected}\n  for https://ca.example/dir: all servers of the zone have it\n`,
  );
});

test('a CA that wants the account hashed gets a record of each host’s own', () => {
  const hashed = { prefix: 'https://ca.example/hash/', thumbprints: ['present', 'former'] };
  const [one = '', other = ''] = ['a.example.com', 'b.example.com'].map(
    (host) => lineOf(host, { ...issuer, hashed }, undefined).line,
  );
  expect(one).toMatch(/ TXT "ca\.example; accounturi=https:\/\/ca\.example\/hash\/sha-256\/[\w-]{43}"$/);
  expect(one.split('sha-256')[1]).not.toBe(other.split('sha-256')[1]);
});

test('what is wrong is told of each server', () => {
  const record = { fqdn: '', value: '', zoneFileLine: line };
  const flaws = [{ ...place, reason: 'it has no record for ca.example' }];
  const told = lineOf('shop.example.com', issuer, { kind: 'missing', flaws, record });
  expect(told.isSet).toBe(false);
  expect(textOf([told])).toContain('to be set\n  ns1.example.com: it has no record for ca.example\n');
});

test.each([
  ['another challenge', undefined, 'BAD_ARGUMENT'],
  ['no account', [], 'COMMAND_FAILED'],
])('with %s there is no record to print', (_, issuers, code) => {
  expect(() => checkedIssuers('a.example.com', issuers)).toThrow(expect.objectContaining({ code }));
});
