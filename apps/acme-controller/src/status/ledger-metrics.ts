import { type BucketName, type BucketState, type LedgerStore } from '@gatefleet/acme';
import { limitsOf, refilled, type CaLimits } from '@gatefleet/ca-limits';
import { Gauge, type Registry } from 'prom-client';

/** Orders of an account, the one limit that all certificates share. */
const NEW_ORDERS = 'new-orders';

/** What is left of the CAs' limits, as the leader's ledger has it. */
export class LedgerMetrics {
  readonly #cas = new Map<string, Map<BucketName, BucketState>>();

  /** @param now - in milliseconds since 1970. */
  constructor(registry: Registry, now: () => number = Date.now, limits: (directoryUrl: string) => CaLimits = limitsOf) {
    const cas = this.#cas;
    new Gauge({
      name: 'gatefleet_ledger_orders_left',
      help: 'New orders that the CA would take now, of CAs whose limit is known.',
      labelNames: ['ca'],
      registers: [registry],
      collect() {
        this.reset();
        for (const [ca, buckets] of cas) {
          const limit = limits(ca).newOrders;
          if (limit === undefined) continue;
          const state = buckets.get(NEW_ORDERS);
          this.set({ ca }, state === undefined ? limit.capacity : Math.floor(refilled(limit, state, now()).tokens));
        }
      },
    });
    new Gauge({
      name: 'gatefleet_ledger_buckets_blocked',
      help: 'Limits that the CA itself said are used up, although the ledger had some left: by 429.',
      labelNames: ['ca'],
      registers: [registry],
      collect() {
        this.reset();
        for (const [ca, buckets] of cas) {
          const blocked = [...buckets.values()].filter(({ blockedUntil = 0 }) => blockedUntil > now());
          this.set({ ca }, blocked.length);
        }
      },
    });
  }

  /** The same store, whose reads and writes are noted. */
  observed(directoryUrl: string, store: LedgerStore): LedgerStore {
    return {
      load: async (signal) => {
        const buckets = await store.load(signal);
        this.#cas.set(directoryUrl, new Map(buckets));
        return buckets;
      },
      write: async (changes, signal) => {
        const result = await store.write(changes, signal);
        if (result === 'written') this.#note(directoryUrl, changes);
        return result;
      },
    };
  }

  /** This replica leads no more. */
  forget(): void {
    this.#cas.clear();
  }

  #note(directoryUrl: string, changes: ReadonlyMap<BucketName, BucketState | undefined>): void {
    const buckets = this.#cas.get(directoryUrl) ?? new Map<BucketName, BucketState>();
    this.#cas.set(directoryUrl, buckets);
    for (const [bucket, state] of changes) {
      if (state === undefined) buckets.delete(bucket);
      // Of the others only what is blocked is told, and there are many.
      else if (bucket === NEW_ORDERS || state.blockedUntil !== undefined) buckets.set(bucket, state);
      else buckets.delete(bucket);
    }
  }
}
