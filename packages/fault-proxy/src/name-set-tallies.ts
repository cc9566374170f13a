import type { Entry } from './entry.ts';
import { NewOrder, seenOrders } from './seen-orders.ts';

/** What was asked of the CA for one set of names, and what it did. */
export interface NameSetTally {
  /** Lowercase, sorted, each once. */
  readonly names: readonly string[];
  /** New orders that came in, whether or not they were forwarded. */
  readonly newOrdersAsked: number;
  /** How often a new order reached the CA. What it refused counts too, for instance with `badNonce`. */
  readonly newOrdersForwarded: number;
  /** Different orders that the CA made. */
  readonly ordersPlaced: number;
  /** Orders that the CA accepted a request to finalize for, and that did not become invalid. */
  readonly certificatesIssued: number;
  /** Certificates that a client got as a whole, each once. */
  readonly certificatesDownloaded: number;
}

type OpenTally = { -readonly [K in keyof NameSetTally]: NameSetTally[K] };

/** One for each set of names that was ever asked for, in the order in which they came. */
export function nameSetTallies(entries: readonly Entry[]): readonly NameSetTally[] {
  const tallies = new Map<string, OpenTally>();
  const of = (names: readonly string[]) => {
    const tally: OpenTally = tallies.get(names.join()) ?? { ...emptyTally(names) };
    tallies.set(names.join(), tally);
    return tally;
  };
  for (const { kind, signed, deliveries } of entries) {
    const asked = kind === 'new-order' ? NewOrder.safeParse(signed?.payload).data : undefined;
    if (asked === undefined) continue;
    const tally = of(asked.identifiers);
    tally.newOrdersAsked += 1;
    tally.newOrdersForwarded += deliveries.length;
  }
  for (const { names, finalized, status, downloads } of seenOrders(entries)) {
    const tally = of(names);
    tally.ordersPlaced += 1;
    if (finalized > 0 && status !== 'invalid') tally.certificatesIssued += 1;
    if (downloads > 0) tally.certificatesDownloaded += 1;
  }
  return [...tallies.values()];
}

export function emptyTally(names: readonly string[]): NameSetTally {
  return {
    names,
    newOrdersAsked: 0,
    newOrdersForwarded: 0,
    ordersPlaced: 0,
    certificatesIssued: 0,
    certificatesDownloaded: 0,
  };
}
