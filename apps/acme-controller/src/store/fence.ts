import { KvError, type KvOperation, type KvStore } from '@gatefleet/consul-kv';
import type { Logger } from '../log.ts';
import { retry } from '../retry.ts';
import { LEADER } from './keys.ts';
import { takeTogether, type Write } from './write-queue.ts';

export type FencedResult =
  | { readonly kind: 'written'; readonly indexes: ReadonlyMap<string, number> }
  /** The operations that stood in the way, by their place in the list. */
  | { readonly kind: 'conflict'; readonly operations: readonly number[] }
  | { readonly kind: 'lost-leadership' };

/** Operations that fit into one fenced transaction, beside the fence itself. */
export const MAX_FENCED_OPERATIONS = 63;

export interface FenceOptions {
  readonly store: KvStore;
  readonly session: string;
  /** The leader's term: grows with every leader, and is written into every record. */
  readonly epoch: number;
  readonly log: Logger;
  /** Called once when a write shows that the lock is gone. */
  readonly onLost: () => void;
}

/**
 * All writes of a leader go through here: each is a transaction that takes effect only while its session holds the lock. Writes that come
 * while one is under way go together in the next, and each still takes effect by itself or not at all.
 */
export class Fence {
  readonly epoch: number;
  readonly #options: FenceOptions;
  readonly #queue: Write<FencedResult>[] = [];
  #isWriting = false;

  constructor(options: FenceOptions) {
    this.epoch = options.epoch;
    this.#options = options;
  }

  /**
   * Goes on over a store that is away for a moment: what a step did at the CA should be saved, not done again.
   *
   * @param operations - at most {@link MAX_FENCED_OPERATIONS}.
   * @throws KvError when it stays away, or for what no retry cures; the signal's reason
   */
  async transact(operations: readonly KvOperation[], signal: AbortSignal): Promise<FencedResult> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<FencedResult>();
    this.#queue.push({ operations, done: resolve, failed: reject });
    if (!this.#isWriting) void this.#writeAll(signal);
    return promise;
  }

  /** @param signal - of whoever came first; all that write are of one term. */
  async #writeAll(signal: AbortSignal): Promise<void> {
    this.#isWriting = true;
    while (this.#queue.length > 0) await this.#writeTogether(takeTogether(this.#queue, MAX_FENCED_OPERATIONS), signal);
    this.#isWriting = false;
  }

  async #writeTogether(writes: readonly Write<FencedResult>[], signal: AbortSignal): Promise<void> {
    try {
      const result = await this.#write(
        writes.flatMap(({ operations }) => operations),
        signal,
      );
      if (result.kind !== 'conflict') return writes.forEach(({ done }) => done(result));
      const { refused, rest } = tellApart(writes, result.operations);
      for (const { write, operations } of refused) write.done({ kind: 'conflict', operations });
      if (rest.length > 0) await this.#writeTogether(rest, signal);
    } catch (error) {
      // What one of them did wrong the others need not suffer for.
      const isTheirFault = error instanceof KvError && !error.isRetryable && writes.length > 1;
      if (!isTheirFault) return writes.forEach(({ failed }) => failed(error));
      for (const write of writes) await this.#writeTogether([write], signal);
    }
  }

  async #write(operations: readonly KvOperation[], signal: AbortSignal): Promise<FencedResult> {
    let mayHaveHappened = false;
    let attempts = 0;
    const result = await retry(
      () => {
        attempts += 1;
        return this.#attempt(operations, signal);
      },
      {
        firstMs: 100,
        lastMs: 1_500,
        isRetryable: (error) => error instanceof KvError && error.isRetryable && attempts < 10,
        onRetry: (error) => {
          mayHaveHappened ||= !(error instanceof KvError && error.code === 'UNREACHABLE');
          this.#options.log.warn({ err: error, attempts }, 'writing to the store again');
        },
        signal,
      },
    );
    if (result.kind !== 'conflict' || !mayHaveHappened) return result;
    const indexes = await this.#tookEffect(operations, signal);
    return indexes === undefined ? result : { kind: 'written', indexes };
  }

  async #attempt(operations: readonly KvOperation[], signal: AbortSignal): Promise<FencedResult> {
    const { store, session } = this.#options;
    const result = await store.transact([{ kind: 'check-session', key: LEADER, session }, ...operations], signal);
    if (result.kind === 'committed') return { kind: 'written', indexes: result.indexes };
    if (result.failures.some(({ operation }) => operation === 0)) {
      this.#options.onLost();
      return { kind: 'lost-leadership' };
    }
    return { kind: 'conflict', operations: result.failures.map(({ operation }) => operation - 1) };
  }

  /** After an attempt of unknown outcome a conflict may be our own write. Sealed values are never the same twice, so they tell. */
  async #tookEffect(operations: readonly KvOperation[], signal: AbortSignal): Promise<Map<string, number> | undefined> {
    const indexes = new Map<string, number>();
    for (const operation of operations) {
      if (operation.kind.startsWith('check-')) continue;
      const entry = await this.#options.store.get(operation.key, signal);
      if (entry?.value !== ('value' in operation ? operation.value : undefined)) return undefined;
      if (entry !== undefined) indexes.set(entry.key, entry.index);
    }
    return indexes;
  }
}

interface Refused {
  readonly write: Write<FencedResult>;
  /** By their place in its own list. */
  readonly operations: readonly number[];
}

function tellApart(
  writes: readonly Write<FencedResult>[],
  failed: readonly number[],
): { readonly refused: readonly Refused[]; readonly rest: readonly Write<FencedResult>[] } {
  const refused: Refused[] = [];
  const rest: Write<FencedResult>[] = [];
  let start = 0;
  for (const write of writes) {
    const from = start;
    const end = start + write.operations.length;
    start = end;
    const operations = failed.filter((operation) => operation >= from && operation < end).map((each) => each - from);
    if (operations.length > 0) refused.push({ write, operations });
    else rest.push(write);
  }
  // A conflict that names nobody is everybody's.
  return refused.length > 0
    ? { refused, rest }
    : { refused: writes.map((write) => ({ write, operations: [] })), rest: [] };
}
