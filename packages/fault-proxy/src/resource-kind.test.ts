import { expect, test } from '@jest/globals';
import { kindOf } from './resource-kind.ts';

test.each([
  ['/dir', 'directory'],
  ['/dir?x=1', 'directory'],
  ['/directory', 'other'],
  ['/nonce-plz', 'new-nonce'],
  ['/sign-me-up', 'new-account'],
  ['/my-account/1', 'account'],
  ['/list-orderz/1/page/2', 'orders-list'],
  ['/order-plz', 'new-order'],
  ['/my-order/abc', 'order'],
  ['/authZ/abc', 'authorization'],
  ['/chalZ/abc', 'challenge'],
  ['/finalize-order/abc', 'finalize'],
  ['/certZ/abc', 'certificate'],
  ['/draft-ietf-acme-ari-03/renewalInfo/abc.def', 'renewal-info'],
  ['/', 'other'],
])('%s is a request about: %s', (path, kind) => {
  expect(kindOf(path)).toBe(kind);
});
