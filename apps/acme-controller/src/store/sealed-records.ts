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

  ids(signal: AbortSignal): Promise<readonly string[]> {
    const { store, prefix } = this.#options;
    return store.keys(prefix, signal).then((keys) => keys.map((key) => key.slice(prefix.length)));
  }

  /** What the record is to be replaced by to be sealed with the present key; undefined where it is, or is gone. @throws CipherError */
  async sealedAnew(
    id: string,
    signal: AbortSignal,
  ): Promise<{ readonly value: string; readonly ifIndex: number } | undefined> {
    const entry = await this.#options.store.get(this.path(id), signal);
    const value = entry && this.#options.cipher.sealAnew(entry.key, entry.value);
    return value === undefined ? undefined : { value, ifIndex: entry?.index ?? 0 };
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

/** `as-it-is`: it was sealed so already, or is gone. `changed`: somebody wrote it meanwhile. */
export type SealAnewResult = 'sealed' | 'as-it-is' | 'changed' | 'lost-leadership';

/** Seals one record with the present key. @throws CipherError, KvError */
export async function sealAnew(
  records: Pick<SealedRecords<unknown>, 'path' | 'sealedAnew'>,
  fence: Fence,
  id: string,
  signal: AbortSignal,
): Promise<{ readonly result: SealAnewResult; readonly was?: number; readonly is?: number }> {
  const anew = await records.sealedAnew(id, signal);
  if (anew === undefined) return { result: 'as-it-is' };
  const key = records.path(id);
  const written = await fence.transact([{ kind: 'cas', key, ...anew }], signal);
  if (written.kind === 'written') return { result: 'sealed', was: anew.ifIndex, is: written.indexes.get(key) ?? 0 };
  return { result: written.kind === 'conflict' ? 'changed' : written.kind };
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
