import type { z } from 'zod';
import type { BucketName } from '../ledger/bucket-name.ts';
import type { BucketState } from '../ledger/buckets.ts';
import type { LedgerStore } from '../ledger/ledger.ts';
import type {
  AcmeStore,
  CertificatePublisher,
  ChallengeStore,
  DeleteResult,
  RecordStore,
  SaveResult,
  Stored,
} from '../ports.ts';
import { AccountRecord, CertificateRecord, ChallengeRecord, OrderRecord } from '../records.ts';

/** What one leader holds: as it would be after a crash, everything else gone. */
export interface MemoryAcme {
  readonly store: AcmeStore;
  readonly publisher: CertificatePublisher;
  /** How many certificates were ever published. */
  readonly published: () => number;
  /** Every later write is refused. */
  readonly loseLeadership: () => void;
}

/** The store's contract in memory. Keeps text, as a real store does, so nothing is shared with the caller and nothing but JSON survives. */
export function createMemoryAcme(): MemoryAcme {
  let leads = true;
  let writes = 0;
  let published = 0;
  const accounts = new Table(AccountRecord);
  const orders = new Table(OrderRecord);
  const certificates = new Table(CertificateRecord);
  const challenges = new Table(ChallengeRecord);

  const records = <T>(table: Table<T>): RecordStore<T> => ({
    load: async (id, signal) => (signal.throwIfAborted(), table.get(id)),
    list: async (signal) => (signal.throwIfAborted(), table.all()),
    async save(id, record, ifIndex, signal): Promise<SaveResult> {
      signal.throwIfAborted();
      if (!leads) return { kind: 'lost-leadership' };
      if ((table.get(id)?.index ?? 0) !== ifIndex) return { kind: 'conflict' };
      table.set(id, record, ++writes);
      return { kind: 'written', index: writes };
    },
    async delete(id, ifIndex, signal): Promise<DeleteResult> {
      signal.throwIfAborted();
      if (!leads) return { kind: 'lost-leadership' };
      if ((table.get(id)?.index ?? ifIndex) !== ifIndex) return { kind: 'conflict' };
      table.delete(id);
      return { kind: 'deleted' };
    },
  });

  const challengeStore: ChallengeStore = {
    load: async (token, signal) => (signal.throwIfAborted(), challenges.get(token)?.record),
    list: async (signal) => (signal.throwIfAborted(), challenges.all().map(({ record }) => record)),
    async publish(added, signal) {
      signal.throwIfAborted();
      if (!leads) return 'lost-leadership';
      for (const challenge of added) challenges.set(challenge.token, challenge, ++writes);
      return 'written';
    },
    async remove(tokens, signal) {
      signal.throwIfAborted();
      if (!leads) return 'lost-leadership';
      for (const token of tokens) challenges.delete(token);
      return 'deleted';
    },
  };

  const ledgers = new Map<string, Map<BucketName, BucketState>>();
  const ledger = (directoryUrl: string): LedgerStore => {
    const buckets = ledgers.get(directoryUrl) ?? new Map<BucketName, BucketState>();
    ledgers.set(directoryUrl, buckets);
    return {
      load: async (signal) => (signal.throwIfAborted(), new Map(buckets)),
      async write(changes, signal) {
        signal.throwIfAborted();
        if (!leads) return 'lost-leadership';
        for (const [bucket, state] of changes) {
          if (state === undefined) buckets.delete(bucket);
          else buckets.set(bucket, state);
        }
        return 'written';
      },
    };
  };

  const publisher: CertificatePublisher = {
    async keep({ certificate, orderIndex, replacedIndex }, signal) {
      signal.throwIfAborted();
      if (!leads) return 'lost-leadership';
      if (orders.get(certificate.id)?.index !== orderIndex) return 'conflict';
      if ((certificates.get(certificate.id)?.index ?? 0) !== replacedIndex) return 'conflict';
      certificates.set(certificate.id, certificate, ++writes);
      orders.delete(certificate.id);
      return 'kept';
    },
    async publish(_, signal) {
      signal.throwIfAborted();
      if (!leads) return 'lost-leadership';
      published++;
      return 'published';
    },
  };

  return {
    store: {
      accounts: records(accounts),
      orders: records(orders),
      certificates: records(certificates),
      challenges: challengeStore,
      ledger: (directoryUrl) => ledger(directoryUrl),
    },
    publisher,
    published: () => published,
    loseLeadership: () => {
      leads = false;
    },
  };
}

class Table<T> {
  readonly #schema: z.ZodType<T>;
  readonly #rows = new Map<string, { text: string; index: number }>();

  constructor(schema: z.ZodType<T>) {
    this.#schema = schema;
  }

  get(id: string): Stored<T> | undefined {
    const row = this.#rows.get(id);
    return row && { record: this.#schema.parse(JSON.parse(row.text)), index: row.index };
  }

  all(): Stored<T>[] {
    return [...this.#rows.keys()].sort().flatMap((id) => this.get(id) ?? []);
  }

  set(id: string, record: T, index: number): void {
    this.#rows.set(id, { text: JSON.stringify(record), index });
  }

  delete(id: string): void {
    this.#rows.delete(id);
  }
}
