/** One key as read. */
export interface KvEntry {
  readonly key: string;
  readonly value: string;
  /** Version of this key: grows with every write that changes it. Never 0. */
  readonly index: number;
  /** The session that holds the lock on this key. */
  readonly session: string | undefined;
  /** How many times the lock on this key was taken. */
  readonly lockIndex: number;
}

/** A step of a transaction. `ifIndex` 0 means "only if absent". */
export type KvOperation =
  | { readonly kind: 'set'; readonly key: string; readonly value: string }
  | { readonly kind: 'cas'; readonly key: string; readonly value: string; readonly ifIndex: number }
  | { readonly kind: 'delete'; readonly key: string }
  /** Deleting what is already gone succeeds. */
  | { readonly kind: 'delete-cas'; readonly key: string; readonly ifIndex: number }
  | { readonly kind: 'check-index'; readonly key: string; readonly ifIndex: number }
  | { readonly kind: 'check-absent'; readonly key: string }
  | { readonly kind: 'check-session'; readonly key: string; readonly session: string };

export type WriteResult = { readonly kind: 'written' } | { readonly kind: 'conflict' };

export type TransactResult =
  /** The version of each key that was set. */
  | { readonly kind: 'committed'; readonly indexes: ReadonlyMap<string, number> }
  /** Nothing was written. The operations that stood in the way, by their place in the list. */
  | {
      readonly kind: 'conflict';
      readonly failures: readonly { readonly operation: number; readonly reason: string }[];
    };

export interface SessionOptions {
  /** Shown to operators. */
  readonly name: string;
  /** Lower bound of the life without renewal, 10 to 86400; the store may keep it for twice as long. */
  readonly ttlSeconds: number;
  /** How long a lock stays closed after its session was lost, 0 to 60. Not applied to a released lock. */
  readonly lockDelaySeconds: number;
}

export type AcquireResult =
  | { readonly kind: 'acquired' }
  /** Another session has it, or the lock delay runs. */
  | { readonly kind: 'held' }
  | { readonly kind: 'no-session' };

export type WatchTarget = { readonly key: string } | { readonly prefix: string };

/**
 * Flat key-value store with compare-and-set, transactions, watches and sessions. Keys are `/`-separated with no leading or trailing
 * slash and no empty, `.` or `..` segment; a prefix ends in `/`. Values are UTF-8 text. Reads see every earlier write. Safe for concurrent use.
 *
 * All methods throw {@link KvError}, or the signal's reason when that was aborted. A lost race is a result.
 */
export interface KvStore {
  /** Reads one key; `undefined` if it does not exist. */
  get(key: string, signal?: AbortSignal): Promise<KvEntry | undefined>;
  /** All keys below a prefix in the order of their bytes. */
  list(prefix: string, signal?: AbortSignal): Promise<readonly KvEntry[]>;
  /** Like {@link list}, without the values. */
  keys(prefix: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** Writes one key if it is still at `ifIndex`. @param value - at most {@link MAX_VALUE_BYTES}. */
  put(key: string, value: string, ifIndex: number, signal?: AbortSignal): Promise<WriteResult>;
  /** Deletes one key if it is still at `ifIndex`, or gone. */
  delete(key: string, ifIndex: number, signal?: AbortSignal): Promise<WriteResult>;
  /** All operations or none. @param operations - at most {@link MAX_OPERATIONS}, together at most {@link MAX_TRANSACTION_BYTES}. */
  transact(operations: readonly KvOperation[], signal?: AbortSignal): Promise<TransactResult>;
  /**
   * Yields the state at once, and again whenever it has changed; several changes may come as one. Goes on over failures that a retry
   * can cure, and throws at others. Ends only by `signal`, without an error.
   */
  watch(target: WatchTarget, signal: AbortSignal): AsyncIterable<readonly KvEntry[]>;

  /** Starts a session that lives by renewal alone, not by the health of a node. Its end releases its locks. */
  createSession(options: SessionOptions, signal?: AbortSignal): Promise<string>;
  renewSession(id: string, signal?: AbortSignal): Promise<'renewed' | 'lost'>;
  destroySession(id: string, signal?: AbortSignal): Promise<void>;
  /** Takes the lock on a key and writes its value. The lock is advisory: fence writes with `check-session`. */
  acquire(key: string, value: string, session: string, signal?: AbortSignal): Promise<AcquireResult>;
  /** Gives the lock back, without lock delay. Does nothing if the session does not hold it. The value stays. */
  release(key: string, session: string, signal?: AbortSignal): Promise<void>;
}
