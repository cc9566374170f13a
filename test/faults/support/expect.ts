import { expect } from '@jest/globals';
import type { Stand } from './stand.ts';

/** Nothing was ordered twice, nothing was issued twice, and nothing is left open. */
export function expectOnce({ proxy }: Stand, hosts: readonly string[]): void {
  const tallies = hosts.map((host) => proxy.journal.ofNames([host]));
  expect(tallies.filter(({ certificatesIssued }) => certificatesIssued !== 1)).toEqual([]);
  expect(tallies.filter(({ ordersPlaced }) => ordersPlaced !== 1)).toEqual([]);
}
