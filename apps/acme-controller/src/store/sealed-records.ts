import type { DeleteResult, RecordStore, SaveResult, Stored } from '@gatefleet/acme';
import type { KvEntry, KvStore } from '@gatefleet/consul-kv';
import type { z } from 'zod';
import { CipherError, type RecordCipher } from '../cipher/record-cipher.ts';
import type { Logger } from '../log.ts';
import type { Fence } from './fence.ts';

export interface SealedRecordsOptions<T> {
  readonly store: KvStore;
  readonly cipher: RecordCipher;
  /** Ends in a slash. */
  readonly prefix: string;
  readonly schema: z.ZodType<T>;
  readonly log: Logger;
}

export interface AllRecords<T> {
  readonly readable: Map<string, Stored<T>>;
  readonly unreadable: ReadonlySet<string>;
}

/** Records under one prefix, encrypted. Any replica may read. */
export class SealedRecords<T> {
  readonly #options: SealedRecordsOptions<T>;

  constructor(options: SealedRecordsOptions<T>) {
    this.#options = options;
  }

  path(id: string): string {
    return this.#options.prefix + id;
  }

  seal(id: string, record: T): string {
    return this.#options.cipher.seal(this.path(id), JSON.stringify(record));
  }

  async load(id: string, signal: AbortSignal): Promise<Stored<T> | undefined> {
    const entry = await this.#options.store.get(this.path(id), signal);
    return entry === undefined ? undefined : this.#open(entry);
  }

  /** One record that cannot be read must not stop all others: it is left out here, and refused by {@link load}. */
  async list(signal: AbortSignal): Promise<readonly Stored<T>[]> {
    return [...(await this.readAll(signal)).readable.values()];
  }

  /** By id, and the ids of those that cannot be read. */
  async readAll(signal: AbortSignal): Promise<AllRecords<T>> {
    const { store, prefix, log } = this.#options;
    const readable = new Map<string, Stored<T>>();
    const unreadable = new Set<string>();
    for (const entry of await store.list(prefix, signal)) {
      const id = entry.key.slice(prefix.length);
      try {
        readable.set(id, this.#open(entry));
      } catch (error) {
        if (error instanceof CipherError && error.code === 'WRONG_KEY') throw error;
        log.error({ err: error, key: entry.key }, 'a record cannot be read');
        unreadable.add(id);
      }
    }
    return { readable, unreadable };
  }

  #open({ key, value, index }: KvEntry): Stored<T> {
    const text = this.#options.cipher.open(key, value);
    try {
      return { record: this.#options.schema.parse(JSON.parse(text)), index };
    } catch {
      // The cause would show what the record holds.
      throw new CipherError('BAD_RECORD', `reading ${key}: it holds another shape than this version knows`);
    }
  }
}

/** The same records, with writes that need the lock. */
export function writableRecords<T>(records: SealedRecords<T>, fence: Fence): RecordStore<T> {
  return {
    load: (id, signal) => records.load(id, signal),
    list: (signal) => records.list(signal),

    async save(id, record, ifIndex, signal): Promise<SaveResult> {
      const key = records.path(id);
      const value = records.seal(id, record);
      const result = await fence.transact([{ kind: 'cas', key, value, ifIndex }], signal);
      if (result.kind !== 'written') return { kind: result.kind };
      return { kind: 'written', index: result.indexes.get(key) ?? 0 };
    },

    async delete(id, ifIndex, signal): Promise<DeleteResult> {
      const result = await fence.transact([{ kind: 'delete-cas', key: records.path(id), ifIndex }], signal);
      return { kind: result.kind === 'written' ? 'deleted' : result.kind };
    },
  };
}
