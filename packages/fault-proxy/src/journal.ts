import type { Entry } from './entry.ts';
import type { Injected } from './fault.ts';
import { hastyRequests, type Hasty, type HastyOptions } from './hasty.ts';
import { nameSet } from './name-set.ts';
import { emptyTally, nameSetTallies, type NameSetTally } from './name-set-tallies.ts';
import type { ResourceKind } from './resource-kind.ts';
import { seenOrders, type SeenOrder } from './seen-orders.ts';

/** Every request that the proxy got, and what became of it. Entries change until they are `given`; each question is answered as of now. */
export class Journal {
  readonly #entries: readonly Entry[];

  /** @param entries - grows by what comes in. */
  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  /** In the order in which they came. Its length is the total of requests. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  ofKind(kind: ResourceKind): readonly Entry[] {
    return this.#entries.filter((entry) => entry.kind === kind);
  }

  /** Those that this was done to. */
  withInjected(kind: Injected['kind']): readonly Entry[] {
    return this.#entries.filter(({ injected }) => injected.kind === kind);
  }

  /** How many requests of each kind came in; kinds without any are left out. */
  counts(): Readonly<Partial<Record<ResourceKind, number>>> {
    return countBy(this.#entries, ({ kind }) => kind);
  }

  /** How often each fault was injected; `none` is left out. */
  faultCounts(): Readonly<Partial<Record<Injected['kind'], number>>> {
    const { none: _none, ...faults } = countBy(this.#entries, ({ injected }) => injected.kind);
    return faults;
  }

  /** Deliveries that the CA did not answer, though nobody had asked for this fault. */
  failures(): readonly Entry[] {
    return this.#entries.filter(({ deliveries }) => deliveries.some(({ failure }) => failure !== undefined));
  }

  /** What the CA made, the oldest first. */
  orders(): readonly SeenOrder[] {
    return seenOrders(this.#entries);
  }

  nameSets(): readonly NameSetTally[] {
    return nameSetTallies(this.#entries);
  }

  /** All zero for names that were never asked for. */
  ofNames(names: readonly string[]): NameSetTally {
    const wanted = nameSet(names);
    return this.nameSets().find((tally) => tally.names.join() === wanted.join()) ?? emptyTally(wanted);
  }

  hasty(options?: HastyOptions): readonly Hasty[] {
    return hastyRequests(this.#entries, options);
  }
}

function countBy<K extends string>(entries: readonly Entry[], keyOf: (entry: Entry) => K): Partial<Record<K, number>> {
  const counts: Partial<Record<K, number>> = {};
  for (const key of entries.map(keyOf)) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}
