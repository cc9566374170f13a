import { expect, test } from '@jest/globals';
import { AcmeError } from '../errors.ts';
import type { Order } from '../protocol/resources.ts';
import { OrphanSearch } from './orphan-search.ts';

const { signal } = new AbortController();

const PAGE = 3;

/** A fake account: orders by URL, and a count of what was asked. */
function fakeAccount(
  orders: Map<string, { names: string[]; status: Order['status'] }>,
  url = 'https://ca.test/acct/1',
) {
  const asked = { lists: 0, pages: 0, orders: 0 };
  return {
    url,
    asked,
    async *orders(_signal: AbortSignal, from = '0') {
      asked.lists += 1;
      for (let first = Number(from); first === 0 || first < orders.size; first += PAGE) {
        asked.pages += 1;
        await Promise.resolve();
        yield { url: String(first), orders: [...orders.keys()].slice(first, first + PAGE) };
      }
    },
    order: async (url: string) => {
      asked.orders += 1;
      const { names, status } = orders.get(url)!;
      const identifiers = names.map((value) => ({ type: 'dns', value }));
      const order: Order = { status, identifiers, authorizations: [], finalize: 'https://ca.test/f' };
      return { order, retryAfter: undefined };
    },
  };
}

test('the newest unfinished order for the same names is found, in any spelling', async () => {
  const account = fakeAccount(
    new Map([
      ['https://ca.test/1', { names: ['a.example.org'], status: 'pending' }],
      ['https://ca.test/2', { names: ['b.example.org', 'A.example.org'], status: 'ready' }],
      ['https://ca.test/3', { names: ['a.example.org', 'b.example.org'], status: 'valid' }],
    ]),
  );
  const search = new OrphanSearch();
  expect(await search.find(['a.example.org', 'b.example.org'], account, signal)).toMatchObject({
    url: 'https://ca.test/2',
  });
  expect(await search.find(['c.example.org'], account, signal)).toBeUndefined();
});

test('many who search at once look through the list twice at most, and into each order once', async () => {
  const orders = new Map(
    Array.from({ length: 30 }, (_, i) => [
      `https://ca.test/${i}`,
      { names: [`h${i}.example.org`], status: 'valid' as const },
    ]),
  );
  const account = fakeAccount(orders);
  const search = new OrphanSearch();
  const names = Array.from({ length: 20 }, (_, i) => [`new${i}.example.org`]);
  await Promise.all(names.map((each) => search.find(each, account, signal)));
  expect(account.asked.lists).toBeLessThanOrEqual(2);
  expect(account.asked.orders).toBe(30);
});

test.each([
  { given: 'that was placed last', placed: 1_200, at: 1_199, found: true, reads: 50 },
  { given: 'that was placed hundreds ago', placed: 1_200, at: 300, found: true, reads: 900 },
  { given: 'that was placed thousands ago', placed: 4_000, at: 300, found: false, reads: 1_000 },
])(
  'given an order $given, the newest are read first, and no more than it takes',
  async ({ placed, at, found, reads }) => {
    const orders = new Map<string, { names: string[]; status: Order['status'] }>(
      Array.from({ length: placed }, (_, i) => [
        `https://ca.test/${i}`,
        { names: [`h${i}.example.org`], status: 'pending' },
      ]),
    );
    const account = fakeAccount(orders);
    const result = await new OrphanSearch().find([`h${at}.example.org`], account, signal);
    expect(result?.url).toBe(found ? `https://ca.test/${at}` : undefined);
    // One more for its status.
    expect(account.asked.orders).toBe(found ? reads + 1 : reads);
  },
);

test('what was placed after a look had begun is seen by whoever searches after that', async () => {
  const orders = new Map<string, { names: string[]; status: Order['status'] }>();
  const account = fakeAccount(orders);
  const search = new OrphanSearch();
  const first = search.find(['a.example.org'], account, signal);
  await Promise.resolve();
  await Promise.resolve();
  orders.set('https://ca.test/1', { names: ['b.example.org'], status: 'pending' });
  expect(await search.find(['b.example.org'], account, signal)).toMatchObject({ url: 'https://ca.test/1' });
  await first;
});

test('a second look goes on from the last page, and what was placed meanwhile is not read', async () => {
  const orders = new Map(
    Array.from({ length: 30 }, (_, i) => [`https://ca.test/${i}`, { names: [`h${i}.example.org`], status: 'valid' }]),
  ) as Map<string, { names: string[]; status: Order['status'] }>;
  const account = fakeAccount(orders);
  const search = new OrphanSearch();
  await search.find(['a.example.org'], account, signal);
  expect(account.asked).toEqual({ lists: 1, pages: 10, orders: 30 });
  orders.set('https://ca.test/30', { names: ['ours.example.org'], status: 'pending' });
  search.add('https://ca.test/30', ['ours.example.org']);
  orders.set('https://ca.test/31', { names: ['a.example.org'], status: 'pending' });
  expect(await search.find(['a.example.org'], account, signal)).toMatchObject({ url: 'https://ca.test/31' });
  // The last page, the one behind it, the new order for its names, and again for its status.
  expect(account.asked).toEqual({ lists: 2, pages: 12, orders: 32 });
});

test.each([
  { given: 'another account, after the CA forgot ours', url: 'https://ca.test/acct/2', isGone: false },
  { given: 'a page that is no longer there', url: 'https://ca.test/acct/1', isGone: true },
])('given $given, a look begins with the first page', async ({ url, isGone }) => {
  const orders = new Map<string, { names: string[]; status: Order['status'] }>(
    Array.from({ length: 7 }, (_, i) => [`https://ca.test/${i}`, { names: [`h${i}.example.org`], status: 'valid' }]),
  );
  const search = new OrphanSearch();
  await search.find(['a.example.org'], fakeAccount(orders), signal);
  const account = fakeAccount(orders, url);
  const refused = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('no such page')) }) };
  if (isGone) {
    const broken = { ...account, orders: () => refused };
    await expect(search.find(['a.example.org'], broken, signal)).rejects.toThrow('no such page');
  }
  await search.find(['a.example.org'], account, signal);
  expect(account.asked).toMatchObject({ lists: 1, pages: 3 });
});

test('what was listed when a look broke off is read by the next', async () => {
  const orders = new Map<string, { names: string[]; status: Order['status'] }>(
    Array.from({ length: 7 }, (_, i) => [`https://ca.test/${i}`, { names: [`h${i}.example.org`], status: 'pending' }]),
  );
  const account = fakeAccount(orders);
  const search = new OrphanSearch();
  const lost = { ...account, order: () => Promise.reject(new AcmeError('UNREACHABLE', 'made up')) };
  await expect(search.find(['h0.example.org'], lost, signal)).rejects.toThrow('made up');
  expect(await search.find(['h0.example.org'], account, signal)).toMatchObject({ url: 'https://ca.test/0' });
  expect(account.asked.pages).toBe(4);
});

test('orders of an account that the CA forgot are asked for no more', async () => {
  const search = new OrphanSearch();
  const old = new Map([['https://ca.test/old', { names: ['a.example.org'], status: 'pending' as const }]]);
  await search.find(['a.example.org'], fakeAccount(old), signal);
  const account = fakeAccount(new Map(), 'https://ca.test/acct/2');
  expect(await search.find(['a.example.org'], account, signal)).toBeUndefined();
  expect(account.asked.orders).toBe(0);
});
