import type { DeleteResult, RecordStore, SaveResult, Stored } from '@gatefleet/acme';
import type { KvEntry, KvStore } from '@gatefleet/consul-kv';
import type { z } from 'zod';
import { CipherError, keyNamedIn, type Opened, type RecordCipher } from '../cipher/record-cipher.ts';
import type { Logger } from '../log.ts';
import type { Fence } from './fence.ts';
import { conversionFrom, type RecordFormats, type RecordKind } from './record-format.ts';
import { readSealedWith } from './sealed-with.ts';

export interface SealedRecordsOptions<T> {
  readonly store: KvStore;
  readonly cipher: RecordCipher;
  readonly formats: RecordFormats;
  readonly kind: RecordKind;
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
    const { cipher, formats, kind } = this.#options;
    const { format, from } = formats.writes;
    return cipher.seal(this.path(id), JSON.stringify(from(record, kind)), format);
  }

  async load(id: string, signal: AbortSignal): Promise<Stored<T> | undefined> {
    const entry = await this.#options.store.get(this.path(id), signal);
    return entry === undefined ? undefined : this.#open(entry, signal);
  }

  ids(signal: AbortSignal): Promise<readonly string[]> {
    const { store, prefix } = this.#options;
    return store.keys(prefix, signal).then((keys) => keys.map((key) => key.slice(prefix.length)));
  }

  /** What the record is to be replaced by to have the present key and format; undefined where it has, or is gone. @throws CipherError */
  async sealedAnew(
    id: string,
    signal: AbortSignal,
  ): Promise<{ readonly value: string; readonly ifIndex: number } | undefined> {
    const { store, cipher, formats } = this.#options;
    const entry = await store.get(this.path(id), signal);
    if (entry === undefined) return undefined;
    const opened = await this.#unseal(entry, signal);
    const { format } = formats.writes;
    if (opened.format !== format) return { value: this.#inFormat(id, opened), ifIndex: entry.index };
    if (opened.key === cipher.keyId) return undefined;
    // As it is: what this version does not know of it stays.
    return { value: cipher.seal(entry.key, opened.plain, format), ifIndex: entry.index };
  }

  #inFormat(id: string, opened: Opened): string {
    try {
      return this.seal(id, this.#parse(this.path(id), opened));
    } catch (cause) {
      const { format } = this.#options.formats.writes;
      const doing = `bringing ${this.path(id)} from format ${opened.format} into ${format}`;
      // Not a record that nobody could read: a version that writes its format can.
      const hint = `run a version that writes format ${opened.format}, or delete the record so that it is made anew`;
      throw new CipherError('UNKNOWN_FORMAT', `${doing}; it stays as it is`, { hint, cause });
    }
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
        readable.set(id, await this.#open(entry, signal));
      } catch (error) {
        if (error instanceof CipherError && error.code !== 'BAD_RECORD') throw error;
        log.error({ err: error, key: entry.key }, 'a record cannot be read');
        unreadable.add(id);
      }
    }
    return { readable, unreadable };
  }

  async #open(entry: KvEntry, signal: AbortSignal): Promise<Stored<T>> {
    return { record: this.#parse(entry.key, await this.#unseal(entry, signal)), index: entry.index };
  }

  /** @throws CipherError as {@link RecordCipher.open}, and `BAD_RECORD` for what names a key that was taken out of the note */
  async #unseal({ key, value }: KvEntry, signal: AbortSignal): Promise<Opened> {
    const { store, cipher } = this.#options;
    try {
      return cipher.open(key, value);
    } catch (error) {
      if (!(error instanceof CipherError) || error.code !== 'WRONG_KEY') throw error;
      const { keys } = await readSealedWith(store, signal);
      const named = keyNamedIn(key, value);
      if (keys.length === 0 || keys.includes(named)) throw error;
      // What a key opened was sealed anew before that key was taken out of the note.
      const message = `opening ${key}: it names the key ${named}, which did not open it when all records were sealed anew`;
      throw new CipherError('BAD_RECORD', message, { cause: error });
    }
  }

  #parse(key: string, { plain, format }: Opened): T {
    const { schema, formats, kind } = this.#options;
    const toPresent = conversionFrom(format, formats, `reading ${key}`);
    try {
      return schema.parse(toPresent(JSON.parse(plain), kind));
    } catch {
      // The cause would show what the record holds.
      throw new CipherError('BAD_RECORD', `reading ${key}: it holds another shape than this version knows`);
    }
  }
}

/** `as-it-is`: it was sealed so already, or is gone. `changed`: somebody wrote it meanwhile. */
export type SealAnewResult = 'sealed' | 'as-it-is' | 'changed' | 'lost-leadership';

/** Seals one record with the present key, in the present format. @throws CipherError, KvError */
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
