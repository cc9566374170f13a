import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkHost } from './host.ts';
import { hostRule } from './rule.ts';

test.each([
  'shop.example.com',
  'a.b',
  'xn--bcher-kva.example',
  '1.example.com',
  'abc--d.example.com',
  `${'a'.repeat(63)}.example.com`,
])('%s is a host', (host) => {
  expect(checkHost(host)).toEqual({ kind: 'valid', host });
  expect(hostRule(host)).toBe(`Host(\`${host}\`)`);
});

test.each([
  { host: '', reason: 'is empty' },
  { host: 'Shop.example.com', reason: 'has upper-case letters' },
  { host: '*.example.com', reason: 'is a wildcard, which HTTP-01 cannot prove' },
  { host: 'a.*.example.com', reason: 'has characters other than letters, digits, dots and dashes' },
  { host: 'a`) || PathPrefix(`/', reason: /has upper-case/ },
  { host: 'a`)||Host(`b.example.com', reason: /has upper-case/ },
  { host: 'a`)||host(`b.example.com', reason: 'has characters other than letters, digits, dots and dashes' },
  { host: 'a)b.example.com', reason: 'has characters other than letters, digits, dots and dashes' },
  { host: 'a.example.com\n', reason: /outside visible ASCII/ },
  { host: 'a.example.com\u0000', reason: /outside visible ASCII/ },
  { host: 'bücher.example', reason: /xn-- form/ },
  { host: 'a。example.com', reason: /xn-- form/ },
  { host: 'a/../b.example.com', reason: 'has characters other than letters, digits, dots and dashes' },
  { host: '../../traefik', reason: 'has characters other than letters, digits, dots and dashes' },
  { host: 'a%2fb.example.com', reason: 'has characters other than letters, digits, dots and dashes' },
  { host: 'a_b.example.com', reason: 'has characters other than letters, digits, dots and dashes' },
  { host: 'a.example.com:443', reason: 'has characters other than letters, digits, dots and dashes' },
  { host: 'a.example.com.', reason: 'begins or ends with a dot, or has two in a row' },
  { host: '.example.com', reason: 'begins or ends with a dot, or has two in a row' },
  { host: 'a..example.com', reason: 'begins or ends with a dot, or has two in a row' },
  { host: '..', reason: 'begins or ends with a dot, or has two in a row' },
  { host: 'localhost', reason: 'has no domain' },
  { host: '127.0.0.1', reason: 'is an IP address' },
  { host: '::1', reason: 'is an IP address' },
  { host: '[::1]', reason: 'is an IP address' },
  { host: '0x7f.1', reason: 'ends in a number' },
  { host: '127.1', reason: 'ends in a number' },
  { host: 'a.0x7f', reason: 'ends in a number' },
  { host: '-a.example.com', reason: 'has a label that begins or ends with a dash' },
  { host: 'a-.example.com', reason: 'has a label that begins or ends with a dash' },
  { host: 'ab--c.example.com', reason: 'has a label with two dashes in places that are reserved' },
  { host: 'xn--a.example.com', reason: 'is not a valid international name' },
  { host: `${'a'.repeat(64)}.example.com`, reason: 'has a label longer than 63 characters' },
  { host: `${'a.'.repeat(127)}b`, reason: 'is longer than 253 characters' },
])('given $host, it $reason', ({ host, reason }) => {
  expect(checkHost(host)).toEqual({
    kind: 'invalid',
    reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
  });
  expect(() => hostRule(host)).toThrow('building a rule');
});

test('whatever is given, a valid host is safe in a key, a rule and a URL', () => {
  const nasty = fc.string({
    unit: fc.constantFrom('a', 'B', '.', '-', '`', ')', '/', '\n', '*', 'ß', '%', '1', 'xn--'),
  });
  fc.assert(
    fc.property(fc.oneof(nasty, fc.string({ unit: 'binary' }), fc.domain()), (host) => {
      const check = checkHost(host);
      if (check.kind === 'invalid') return;
      expect(check.host).toBe(host);
      expect(host).toMatch(/^[a-z0-9][a-z0-9.-]*[a-z0-9]$/);
      expect(new URL(`https://${host}/`).hostname).toBe(host);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['*.example.com', 'valid'],
  ['*.*.example.com', 'invalid'],
  ['*.com', 'invalid'],
  ['*.Example.com', 'invalid'],
  ['a.*.example.com', 'invalid'],
])('where wildcards can be proven, %s is %s', (host, kind) => {
  expect(checkHost(host, { wildcards: true }).kind).toBe(kind);
});
