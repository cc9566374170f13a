import { expect, test } from '@jest/globals';
import { checkName } from './name-check.ts';

test.each([
  ['a host', 'shop.example.com', 'good', 'good'],
  ['a wildcard', '*.example.com', 'unusable', 'good'],
  ['a wildcard within', 'a.*.example.com', 'unusable', 'unusable'],
  ['upper case', 'Shop.example.com', 'unusable', 'unusable'],
  ['a public suffix', 'co.uk', 'refused', 'refused'],
  ['an address', '192.0.2.1', 'unusable', 'unusable'],
])('%s is judged alike again, and apart where wildcards can be proven', (_, host, without, withWildcards) => {
  for (const _again of [1, 2]) {
    expect(checkName(host, false).kind).toBe(without);
    expect(checkName(host, true).kind).toBe(withWildcards);
  }
});
