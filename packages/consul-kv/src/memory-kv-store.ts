import { randomUUID } from 'node:crypto';
import { operationToWire } from './consul/wire.ts';
import type { KvError } from './errors.ts';
import { checkKey, checkOperations, checkPrefix, checkTransactionBody, checkValue } from './limits.ts';
import type {
  AcquireResult,
  KvEntry,
  KvOperation,
  KvStore,
  SessionOptions,
  TransactResult,
  WatchTarget,
  WriteResult,
} from './kv-store.ts';

/**
 * The store in memory, for tests: the same contract as Consul's, save that sessions end only by {@link expireSession} or
 * {@link destroySession}, and that lock delays are not kept.
 */
export class MemoryKvStore implements KvStore {
  #entries = new Map<string, KvEntry>();
  readonly #sessions = new Set<string>();
  readonly #waiting = new Set<() => void>();
  readonly #failures: KvError[] = [];
  #index = 0;

  /** The next call throws this; several queue up. */
  failNext(error: KvError): void {
    this.#failures.push(error);
  }

  /** Ends a session as its TTL would. */
  expireSession(id: string): void {
    this.#sessions.delete(id);
    for (const entry of [...this.#entries.values()]) {
      if (entry.session === id) this.#set({ ...entry, session: undefined });
    }
    this.#wake();
  }

  async get(key: string, signal?: AbortSignal): Promise<KvEntry | undefined> {
    checkKey(key);
    await this.#begin(signal);
    return this.#entries.get(key);
  }

  async list(prefix: string, signal?: AbortSignal): Promise<readonly KvEntry[]> {
    checkPrefix(prefix);
    await this.#begin(signal);
    return this.#below(prefix);
  }

  async keys(prefix: string, signal?: AbortSignal): Promise<readonly string[]> {
    return (await this.list(prefix, signal)).map(({ key }) => key);
  }

  async put(key: string, value: string, ifIndex: number, signal?: AbortSignal): Promise<WriteResult> {
    checkKey(key);
    checkValue(key, value);
    const result = await this.#run([{ kind: 'cas', key, value, ifIndex }], signal);
    return { kind: result.kind === 'committed' ? 'written' : 'conflict' };
  }

  async delete(key: string, ifIndex: number, signal?: AbortSignal): Promise<WriteResult> {
    const result = await this.transact([{ kind: 'delete-cas', key, ifIndex }], signal);
    return { kind: result.kind === 'committed' ? 'written' : 'conflict' };
  }

  async transact(operations: readonly KvOperation[], signal?: AbortSignal): Promise<TransactResult> {
    checkOperations(operations);
    checkTransactionBody(JSON.stringify(operations.map(operationToWire)), operations[0]?.key ?? '');
    return this.#run(operations, signal);
  }

  async #run(operations: readonly KvOperation[], signal: AbortSignal | undefined): Promise<TransactResult> {
    await this.#begin(signal);
    const before = this.#entries;
    this.#entries = new Map(before);
    const failures = operations.flatMap((operation, i) => {
      const reason = this.#apply(operation);
      return reason === undefined ? [] : [{ operation: i, reason }];
    });
    if (failures.length > 0) {
      this.#entries = before;
      return { kind: 'conflict', failures };
    }
    const indexes = new Map<string, number>();
    for (const { key } of operations) {
      const entry = this.#entries.get(key);
      if (entry !== undefined) indexes.set(key, entry.index);
    }
    this.#wake();
    return { kind: 'committed', indexes };
  }

  async *watch(target: WatchTarget, signal: AbortSignal): AsyncGenerator<readonly KvEntry[], void> {
    if ('key' in target) checkKey(target.key);
    else checkPrefix(target.prefix);
    let seen: readonly KvEntry[] | undefined;
    while (!signal.aborted) {
      const entries = 'key' in target ? [this.#entries.get(target.key) ?? []].flat() : this.#below(target.prefix);
      const isSame = seen?.length === entries.length && entries.every((entry, i) => entry === seen?.[i]);
      if (isSame) {
        await this.#change(signal);
      } else {
        seen = entries;
        yield entries;
      }
    }
  }

  async createSession(_options: SessionOptions, signal?: AbortSignal): Promise<string> {
    await this.#begin(signal);
    const id = randomUUID();
    this.#sessions.add(id);
    return id;
  }

  async renewSession(id: string, signal?: AbortSignal): Promise<'renewed' | 'lost'> {
    await this.#begin(signal);
    return this.#sessions.has(id) ? 'renewed' : 'lost';
  }

  async destroySession(id: string, signal?: AbortSignal): Promise<void> {
    await this.#begin(signal);
    this.expireSession(id);
  }

  async acquire(key: string, value: string, session: string, signal?: AbortSignal): Promise<AcquireResult> {
    checkKey(key);
    checkValue(key, value);
    await this.#begin(signal);
    if (!this.#sessions.has(session)) return { kind: 'no-session' };
    const entry = this.#entries.get(key);
    if (entry?.session !== undefined && entry.session !== session) return { kind: 'held' };
    const taken = entry?.session === session ? 0 : 1;
    this.#set({ key, value, session, lockIndex: (entry?.lockIndex ?? 0) + taken, index: 0 });
    this.#wake();
    return { kind: 'acquired' };
  }

  async release(key: string, session: string, signal?: AbortSignal): Promise<void> {
    checkKey(key);
    await this.#begin(signal);
    const entry = this.#entries.get(key);
    if (entry?.session !== session) return;
    this.#set({ ...entry, session: undefined });
    this.#wake();
  }

  async #begin(signal: AbortSignal | undefined): Promise<void> {
    await Promise.resolve();
    signal?.throwIfAborted();
    const failure = this.#failures.shift();
    if (failure !== undefined) throw failure;
  }

  /** @returns why it cannot be done */
  #apply(operation: KvOperation): string | undefined {
    const { key } = operation;
    const entry = this.#entries.get(key);
    switch (operation.kind) {
      case 'set':
        return this.#write(key, operation.value);
      case 'cas':
        return (entry?.index ?? 0) === operation.ifIndex ? this.#write(key, operation.value) : `${key}: index is stale`;
      case 'delete':
        return void this.#entries.delete(key);
      case 'delete-cas':
        if (entry !== undefined && entry.index !== operation.ifIndex) return `${key}: index is stale`;
        return void this.#entries.delete(key);
      case 'check-index':
        return entry?.index === operation.ifIndex ? undefined : `${key}: index is stale`;
      case 'check-absent':
        return entry === undefined ? undefined : `${key} exists`;
      case 'check-session':
        return entry?.session === operation.session ? undefined : `${key} is not locked by this session`;
    }
  }

  #write(key: string, value: string): undefined {
    const entry = this.#entries.get(key);
    // A write that changes nothing leaves the version alone, as in Consul.
    if (entry?.value === value) return;
    this.#set({ key, value, session: entry?.session, lockIndex: entry?.lockIndex ?? 0, index: 0 });
  }

  #set(entry: KvEntry): void {
    this.#index += 1;
    this.#entries.set(entry.key, { ...entry, index: this.#index });
  }

  #below(prefix: string): KvEntry[] {
    return [...this.#entries.values()]
      .filter(({ key }) => key.startsWith(prefix))
      .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  async #change(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    this.#waiting.delete(resolve);
  }
}
