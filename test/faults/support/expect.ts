import { expect } from '@jest/globals';
import type { Stand } from './stand.ts';

/**
 * Nothing was issued twice, and nothing was ordered again while its order could still end well. (What the CA could not validate it calls
 * invalid, and then another order is what is needed.)
 */
export function expectOnce({ proxy }: Stand, hosts: readonly string[]): void {
  const ordersOf = Map.groupBy(proxy.journal.orders(), ({ names }) => names.join());
  const wrong = hosts.flatMap((host) => {
    const orders = (ordersOf.get(host) ?? []).filter(({ status }) => status !== 'invalid');
    return orders.length === 1 && orders[0]?.status === 'valid' ? [] : [{ host, orders }];
  });
  expect(wrong).toEqual([]);
}
