import { expect, test } from '@jest/globals';
import { mayClaim, type Tenancy } from './tenancy.ts';

const tenancy: Tenancy = [
  { domains: ['example.com', 'example.org'], namespaces: ['web'] },
  { domains: ['shop.example.com'], namespaces: ['shop', 'checkout'] },
];

test.each([
  ['web', 'www.example.com', true],
  ['web', 'example.com', true],
  ['blog', 'www.example.com', false],
  ['shop', 'shop.example.com', true],
  ['checkout', 'pay.shop.example.com', true],
  ['web', 'pay.shop.example.com', false],
  ['web', 'notexample.com', true],
  ['anybody', 'www.example.net', true],
  ['web', '*.example.org', true],
  ['web', '*.example.com', false],
  ['shop', '*.shop.example.com', true],
  ['blog', '*.shop.example.com', false],
])('%s may claim %s: %p', (namespace, host, allowed) => {
  expect(mayClaim(namespace, host, tenancy)).toBe(allowed);
  expect(mayClaim(namespace, host, tenancy.toReversed())).toBe(allowed);
});
