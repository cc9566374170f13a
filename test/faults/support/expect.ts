import { expect } from '@jest/globals';
import type { Stand } from './stand.ts';

/** For each name set there was one order, which ended well. Where not, what Events said of those hosts is shown as well. */
export async function expectOnce({ proxy, notices }: Stand, hosts: readonly string[]): Promise<void> {
  const ordersOf = Map.groupBy(proxy.journal.orders(), ({ names }) => names.join());
  const wrong = hosts.flatMap((host) => {
    const orders = ordersOf.get(host) ?? [];
    return orders.length === 1 && orders[0]?.status === 'valid' ? [] : [{ host, orders }];
  });
  const told = wrong.length === 0 ? [] : (await notices()).split('\n');
  const events = told.filter((line) => wrong.some(({ host }) => line.includes(`"${host}"`)));
  expect({ wrong, events }).toEqual({ wrong: [], events: [] });
}
