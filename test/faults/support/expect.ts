import { expect } from '@jest/globals';
import type { Stand } from './stand.ts';

/** For each name set there was one order, which ended well. */
export function expectOnce({ proxy }: Stand, hosts: readonly string[]): void {
  const ordersOf = Map.groupBy(proxy.journal.orders(), ({ names }) => names.join());
  const wrong = hosts.flatMap((host) => {
    const orders = ordersOf.get(host) ?? [];
    return orders.length === 1 && orders[0]?.status === 'valid' ? [] : [{ host, orders }];
  });
  expect(wrong).toEqual([]);
}
