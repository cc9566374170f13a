import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseHostName } from './host-name.ts';

test.each([
  ['shop.gatefleet.localhost', 'shop.gatefleet.localhost'],
  ['Shop.Example.ORG.', 'shop.example.org'],
  ['xn--bcher-kva.example.org', 'xn--bcher-kva.example.org'],
  [`${'a'.repeat(63)}.example.org`, `${'a'.repeat(63)}.example.org`],
])('%s is the name %s', (text, name) => {
  expect(parseHostName(text)).toEqual({ kind: 'name', name });
});

test.each([
  ['', 'nothing'],
  ['localhost', 'one label'],
  ['*.example.org', 'a wildcard'],
  ['192.0.2.1', 'an address'],
  ['2001:db8::1', 'an address'],
  ['a.example.42', 'a numeric end'],
  ['co.uk', 'a public suffix'],
  ['github.io', 'a private public suffix'],
  ['a..example.org', 'an empty label'],
  ['-a.example.org', 'a dash first'],
  ['a-.example.org', 'a dash last'],
  ['a_b.example.org', 'an underscore'],
  ['bücher.example.org', 'letters beyond ASCII'],
  ['../../traefik/http', 'a path'],
  ['a.example.org/../b', 'a path'],
  ['a.example.org`) || Host(`b', 'a rule'],
  ['a.example.org\nb.example.org', 'two lines'],
  ['a.example.org..', 'two final dots'],
  [`${'a'.repeat(64)}.example.org`, 'a label too long'],
  [`${'a.'.repeat(125)}example.org`, 'too long in all'],
])('%j is refused: %s', (text) => {
  expect(parseHostName(text)).toMatchObject({ kind: 'refused', reason: expect.any(String) });
});

describe('whatever comes in', () => {
  test('a name that is let through is safe in a key, a rule and a path', () => {
    const pieces = fc.constantFrom(
      'a',
      'Z',
      '9',
      '-',
      '.',
      '/',
      '*',
      '`',
      '\\',
      '\0',
      '\n',
      '"',
      '{',
      '%2e',
      'example',
      '.org',
      'ſ',
      'K',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        const host = parseHostName(parts.join(''));
        if (host.kind === 'name') expect(host.name).toMatch(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/);
      }),
    );
  });
});

describe('where wildcards can be proven', () => {
  test.each(['*.example.com', '*.shop.example.co.uk'])('%s is taken', (name) => {
    expect(parseHostName(name, { wildcards: true })).toEqual({ kind: 'name', name });
  });
  test.each(['*', '*.', '*.com', '*.co.uk', '*.*.example.com', 'a.*.example.com', '**.example.com', 'a*.example.com'])(
    '%s is refused',
    (name) => {
      expect(parseHostName(name, { wildcards: true })).toMatchObject({ kind: 'refused' });
    },
  );
});
