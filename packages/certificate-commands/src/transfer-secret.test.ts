import { expect, test } from '@jest/globals';
import { pageOf, TRANSFER_PAGE_BYTES, transferPages, transferSecret } from './transfer-secret.ts';

test('a page is read back from its Secret', () => {
  const page = { certificates: [{ names: ['ü.example'] }], next: 'id' };
  expect(pageOf(transferSecret(page))).toEqual(page);
});

test.each([{}, { data: {} }, { data: { page: 'AAAA' } }, { data: { page: Buffer.from('{}').toString('base64') } }])(
  'what is no page is none: %j',
  (secret) => {
    expect(pageOf(secret)).toBeUndefined();
  },
);

test('pages hold all in their order, and each fits', () => {
  const all = Array.from({ length: 500 }, (_, index) => ({ index, chain: 'x'.repeat(4_000) }));
  const pages = transferPages(all);
  expect(pages.flat()).toEqual(all);
  expect(pages).toHaveLength(3);
  for (const page of pages) expect(JSON.stringify(page).length).toBeLessThanOrEqual(TRANSFER_PAGE_BYTES);
});

test('one that is larger than a page goes alone, and nothing is no page', () => {
  const large = 'x'.repeat(TRANSFER_PAGE_BYTES);
  expect(transferPages(['a', large, 'b'])).toEqual([['a'], [large], ['b']]);
  expect(transferPages([])).toEqual([]);
});
