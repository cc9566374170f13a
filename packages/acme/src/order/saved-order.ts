import type { RecordStore, Stored } from '../ports.ts';
import type { OrderRecord, SavedChallenge } from '../records.ts';
import { StoreRefused } from './store-refused.ts';

type Step<S extends OrderRecord['step']> = Extract<OrderRecord, { step: S }>;
export type Prepared = Step<'prepared'>;
export type Placed = Step<'ordered' | 'authorizing'>;

/** An order's record with its version, and the one way to change it. */
export class SavedOrder {
  readonly id: string;
  readonly #orders: RecordStore<OrderRecord>;
  #stored: Stored<OrderRecord> | undefined;

  constructor(id: string, orders: RecordStore<OrderRecord>, stored: Stored<OrderRecord> | undefined) {
    this.id = id;
    this.#orders = orders;
    this.#stored = stored;
  }

  get record(): OrderRecord | undefined {
    return this.#stored?.record;
  }

  /** 0 when nothing is stored. */
  get index(): number {
    return this.#stored?.index ?? 0;
  }

  /** @throws StoreRefused */
  async save<T extends OrderRecord>(record: T, signal: AbortSignal): Promise<T> {
    const result = await this.#orders.save(this.id, record, this.index, signal);
    if (result.kind !== 'written') throw new StoreRefused(result.kind);
    this.#stored = { record, index: result.index };
    return record;
  }
}

export function ordered(record: Prepared, orderUrl: string, epoch: number): Step<'ordered'> {
  return { ...lasting(record), epoch, step: 'ordered', orderUrl };
}

export function authorizing(record: Placed, challenges: SavedChallenge[], epoch: number): Step<'authorizing'> {
  return { ...lasting(record), epoch, step: 'authorizing', orderUrl: record.orderUrl, challenges };
}

/** Back to before the order, with the same key and request: for an order that the CA lost. */
export function withoutOrder(record: Placed, epoch: number): Prepared {
  return { ...lasting(record), epoch, step: 'prepared' };
}

/** What one step hands on to the next: whatever put the last one off is over. */
function lasting({ ca, id, names, startedAt, failures, privateKey, csr }: Prepared | Placed) {
  return { ca, id, names, startedAt, failures, privateKey, csr, postponed: 0 };
}
