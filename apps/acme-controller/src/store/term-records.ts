import type { DeleteResult, RecordStore, SaveResult, Stored } from '@gatefleet/acme';
import type { Fence } from './fence.ts';
import {
  sealAnew,
  writableRecords,
  type AllRecords,
  type SealAnewResult,
  type SealedRecords,
} from './sealed-records.ts';

export interface TermRecordsOptions {
  /** What becomes of a record that the store loses in the term: it stays known, to be brought back, or is gone. Default: gone. */
  readonly lost?: 'known' | 'gone';
}

/**
 * Records as a leader knows them: read once in a term, for until it ends nobody else can write. What a write shows to be wrong is read
 * again.
 */
export class TermRecords<T> implements RecordStore<T> {
  readonly #sealed: SealedRecords<T>;
  readonly #fence: Fence;
  readonly #written: RecordStore<T>;
  readonly #lost: 'known' | 'gone';
  #known: Promise<AllRecords<T>> | undefined;
  /** What was read last, with what was written here since. */
  #readable: ReadonlyMap<string, Stored<T>> = new Map();
  /** What is being deleted here, and what a deletion of unknown outcome was for. */
  readonly #deleting = new Set<string>();
  #seesLoss = false;
  readonly #sealing = new Map<string, Promise<unknown>>();
  /** Versions of a record that differ only in their key or format. */
  readonly #sealedAnew = new Map<string, { readonly was: number; readonly is: number }>();

  constructor(sealed: SealedRecords<T>, fence: Fence, { lost = 'gone' }: TermRecordsOptions = {}) {
    this.#sealed = sealed;
    this.#lost = lost;
    this.#fence = fence;
    this.#written = writableRecords(sealed, fence);
  }

  async load(id: string, signal: AbortSignal): Promise<Stored<T> | undefined> {
    signal.throwIfAborted();
    const { readable, unreadable } = await this.#all(signal);
    // It is read again, for the error that says why.
    return unreadable.has(id) ? this.#written.load(id, signal) : readable.get(id);
  }

  async list(signal: AbortSignal): Promise<readonly Stored<T>[]> {
    signal.throwIfAborted();
    return [...(await this.#all(signal)).readable.values()];
  }

  async save(id: string, record: T, ifIndex: number, signal: AbortSignal): Promise<SaveResult> {
    await this.settled(id);
    const result = await this.#forgetOnError(() => this.#written.save(id, record, this.indexOf(id, ifIndex), signal));
    if (result.kind === 'written') await this.note(id, { record, index: result.index });
    else this.forget();
    return result;
  }

  async delete(id: string, ifIndex: number, signal: AbortSignal): Promise<DeleteResult> {
    await this.settled(id);
    this.#deleting.add(id);
    const result = await this.#forgetOnError(() => this.#written.delete(id, this.indexOf(id, ifIndex), signal));
    if (result.kind === 'deleted') await this.note(id, undefined);
    else this.forget();
    this.#deleting.delete(id);
    return result;
  }

  /** A transaction beside these methods wrote this record; undefined: deleted it. */
  async note(id: string, stored: Stored<T> | undefined): Promise<void> {
    const known = await this.#known;
    if (stored === undefined) known?.readable.delete(id);
    else known?.readable.set(id, stored);
    if (stored !== undefined) this.#deleting.delete(id);
  }

  ids(signal: AbortSignal): Promise<readonly string[]> {
    return this.#sealed.ids(signal);
  }

  /** Seals the record with the present key, in the present format. Who has it from before may save it as if nothing had happened. @throws CipherError, KvError */
  sealAnew(id: string, signal: AbortSignal): Promise<SealAnewResult> {
    const sealing = this.#sealNow(id, signal).finally(() => this.#sealing.delete(id));
    this.#sealing.set(
      id,
      sealing.catch(() => undefined),
    );
    return sealing;
  }

  async #sealNow(id: string, signal: AbortSignal): Promise<SealAnewResult> {
    const { result, was, is } = await this.#forgetOnError(() => sealAnew(this.#sealed, this.#fence, id, signal));
    if (was === undefined || is === undefined) return result;
    this.#sealedAnew.set(id, { was, is });
    const known = await this.#known;
    const record = known?.readable.get(id);
    if (record?.index === was) known?.readable.set(id, { ...record, index: is });
    return result;
  }

  /** Comes back when the record is not just being sealed anew. To be awaited before a write that is not by these methods. */
  async settled(id: string): Promise<void> {
    while (this.#sealing.has(id)) await this.#sealing.get(id);
  }

  /** The version that the store has of the record in that version. */
  indexOf(id: string, index: number): number {
    const anew = this.#sealedAnew.get(id);
    return anew?.was === index ? anew.is : index;
  }

  /** Everything is read again when it is next asked for. */
  forget(): void {
    this.#known = undefined;
  }

  /** Whether reading again has shown that the store lost what is known, or has it in an older version. */
  get seesLoss(): boolean {
    return this.#seesLoss;
  }

  /** Whether the store lacks a record that is known: somebody else deleted it. */
  async hasLost(signal: AbortSignal): Promise<boolean> {
    const known = [...(await this.#all(signal)).readable.keys()];
    const there = new Set(await this.ids(signal));
    const { readable } = await this.#all(signal);
    // What was deleted here meanwhile is known no more.
    return known.some((id) => !there.has(id) && readable.has(id));
  }

  /**
   * Writes what is known and what the store has not, or has in an older version. What threw may be called again.
   * @returns what was written
   */
  async bringBack(signal: AbortSignal): Promise<readonly T[]> {
    const { readable } = await this.#all(signal);
    const found = await this.#sealed.readAll(signal);
    const indexOf = (id: string) => found.readable.get(id)?.index ?? 0;
    const lost = [...readable].filter(([id, { index }]) => !found.unreadable.has(id) && indexOf(id) < index);
    const written = await Promise.all(
      lost.map(async ([id, { record }]) => {
        const result = await this.#written.save(id, record, indexOf(id), signal);
        if (result.kind !== 'written') return [];
        await this.note(id, { record, index: result.index });
        return [record];
      }),
    );
    // What had been deleted since then is there again.
    for (const [id, stored] of found.readable) if (!readable.has(id)) readable.set(id, stored);
    this.#seesLoss = false;
    return written.flat();
  }

  /** After a write of unknown outcome what is known may be wrong. */
  async #forgetOnError<R>(write: () => Promise<R>): Promise<R> {
    try {
      return await write();
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  #all(signal: AbortSignal): Promise<AllRecords<T>> {
    this.#known ??= this.#readAll(signal).catch((error: unknown) => {
      this.#known = undefined;
      throw error;
    });
    return this.#known;
  }

  async #readAll(signal: AbortSignal): Promise<AllRecords<T>> {
    const before = this.#readable;
    const found = await this.#sealed.readAll(signal);
    if (this.#lost === 'known') {
      for (const [id, stored] of before) {
        const isThere = (found.readable.get(id)?.index ?? 0) >= stored.index;
        if (isThere || found.unreadable.has(id) || this.#deleting.has(id)) continue;
        found.readable.set(id, stored);
        this.#seesLoss = true;
      }
    }
    this.#readable = found.readable;
    return found;
  }
}
