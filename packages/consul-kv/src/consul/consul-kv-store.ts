import { KvError } from '../errors.ts';
import { checkKey, checkOperations, checkPrefix, checkTransactionBody, checkValue } from '../limits.ts';
import type {
  AcquireResult,
  KvEntry,
  KvOperation,
  KvStore,
  SessionOptions,
  TransactResult,
  WatchTarget,
  WriteResult,
} from '../kv-store.ts';
import { Connections } from './connections.ts';
import { type ConsulAnswer, type ConsulHttpOptions, type ConsulRequest, parse, send } from './http.ts';
import { Servers } from './servers.ts';
import { watch } from './watch.ts';
import { entryFromWire, operationToWire, WireEntries, WireKeys, WireSession, WireTransaction } from './wire.ts';

export interface ConsulKvOptions {
  /** Base URLs of servers or agents, e.g. `https://consul.gatefleet.svc:8501`. A name with several addresses is several servers. */
  readonly addresses: readonly string[];
  /** Gives the certificates of the CAs that servers have to be verified by, PEM; see {@link caFromFile}. @defaultValue the public ones */
  readonly ca?: (() => Promise<string | undefined>) | undefined;
  /** Gives the ACL token before each request; see {@link tokenFromFile}. */
  readonly token?: (() => Promise<string | undefined>) | undefined;
  /** How long a server may be silent, before its answer and in the middle of it. @defaultValue 5000 */
  readonly timeoutMs?: number;
  /** How long a watch waits for a change in one request. Also how late a silently lost server is noticed. @defaultValue 15 */
  readonly watchSeconds?: number;
  /** Told of each failure that a watch goes on over. */
  readonly onWatchRetry?: (error: KvError) => void;
}

/** The store over Consul's HTTP API. @see https://developer.hashicorp.com/consul/api-docs */
export class ConsulKvStore implements KvStore {
  readonly #http: ConsulHttpOptions;
  readonly #watchSeconds: number;
  readonly #onWatchRetry: (error: KvError) => void;

  constructor(options: ConsulKvOptions) {
    this.#http = {
      servers: new Servers(options.addresses),
      connections: new Connections(options.ca),
      timeoutMs: options.timeoutMs ?? 5_000,
      token: options.token ?? (() => Promise.resolve(undefined)),
    };
    this.#watchSeconds = options.watchSeconds ?? 15;
    this.#onWatchRetry = options.onWatchRetry ?? (() => undefined);
  }

  async get(key: string, signal?: AbortSignal): Promise<KvEntry | undefined> {
    checkKey(key);
    const { entries } = await this.#read({ path: `${keyPath(key)}?consistent`, doing: `reading ${key}`, signal });
    return entries[0];
  }

  async list(prefix: string, signal?: AbortSignal): Promise<readonly KvEntry[]> {
    checkPrefix(prefix);
    const path = `${keyPath(prefix)}?recurse&consistent`;
    const { entries } = await this.#read({ path, doing: `listing ${prefix}`, signal });
    return entries;
  }

  async keys(prefix: string, signal?: AbortSignal): Promise<readonly string[]> {
    checkPrefix(prefix);
    const path = `${keyPath(prefix)}?keys&consistent`;
    const doing = `listing the keys of ${prefix}`;
    const answer = await this.#send({ method: 'GET', path, doing, answers: [404], signal });
    return answer.status === 404 ? [] : parse(WireKeys, answer, doing);
  }

  async put(key: string, value: string, ifIndex: number, signal?: AbortSignal): Promise<WriteResult> {
    checkKey(key);
    checkValue(key, value);
    const path = `${keyPath(key)}?cas=${ifIndex}`;
    const answer = await this.#send({ method: 'PUT', path, body: value, doing: `writing ${key}`, signal });
    return { kind: isTrue(answer) ? 'written' : 'conflict' };
  }

  async delete(key: string, ifIndex: number, signal?: AbortSignal): Promise<WriteResult> {
    // The plain call treats index 0 as "delete anyway"; in a transaction it means what it says.
    const result = await this.transact([{ kind: 'delete-cas', key, ifIndex }], signal);
    return { kind: result.kind === 'committed' ? 'written' : 'conflict' };
  }

  async transact(operations: readonly KvOperation[], signal?: AbortSignal): Promise<TransactResult> {
    checkOperations(operations);
    const firstKey = operations[0]?.key ?? '';
    const body = JSON.stringify(operations.map(operationToWire));
    checkTransactionBody(body, firstKey);
    const doing = `running a transaction of ${operations.length} operations that begins with ${firstKey}`;
    const answer = await this.#send({ method: 'PUT', path: 'txn', body, doing, answers: [409], signal });
    const { Results, Errors } = parse(WireTransaction, answer, doing);
    if (answer.status === 409) {
      const failures = (Errors ?? []).map(({ OpIndex, What }) => ({ operation: OpIndex, reason: What }));
      const denied = failures.find(({ reason }) => reason.includes('Permission denied'));
      if (denied !== undefined) throw new KvError('FORBIDDEN', `${doing}: ${denied.reason}`);
      return { kind: 'conflict', failures };
    }
    const indexes = new Map<string, number>();
    for (const { KV } of Results ?? []) if (KV !== undefined) indexes.set(KV.Key, KV.ModifyIndex);
    return { kind: 'committed', indexes };
  }

  watch(target: WatchTarget, signal: AbortSignal): AsyncIterable<readonly KvEntry[]> {
    if ('key' in target) checkKey(target.key);
    else checkPrefix(target.prefix);
    const path = 'key' in target ? `${keyPath(target.key)}?` : `${keyPath(target.prefix)}?recurse&`;
    const name = 'key' in target ? target.key : target.prefix;
    const waitMs = this.#watchSeconds * 1_000;
    return watch({
      signal,
      onRetry: this.#onWatchRetry,
      query: (index) =>
        this.#read({
          path: `${path}index=${index}&wait=${this.#watchSeconds}s`,
          doing: `watching ${name}`,
          // Consul adds up to a sixteenth of the wait, so that clients do not come back together.
          extraTimeMs: Math.ceil(waitMs + waitMs / 16),
          signal,
        }),
    });
  }

  async createSession(options: SessionOptions, signal?: AbortSignal): Promise<string> {
    const doing = `creating the session ${options.name}`;
    const body = JSON.stringify({
      Name: options.name,
      TTL: `${options.ttlSeconds}s`,
      LockDelay: `${options.lockDelaySeconds}s`,
      Behavior: 'release',
      // Without this the session dies with the server that happened to take the request.
      NodeChecks: [],
      Checks: [],
    });
    const answer = await this.#send({ method: 'PUT', path: 'session/create', body, doing, signal });
    return parse(WireSession, answer, doing).ID;
  }

  async renewSession(id: string, signal?: AbortSignal): Promise<'renewed' | 'lost'> {
    const path = `session/renew/${encodeURIComponent(id)}`;
    const answer = await this.#send({ method: 'PUT', path, doing: 'renewing a session', answers: [404], signal });
    return answer.status === 404 ? 'lost' : 'renewed';
  }

  async destroySession(id: string, signal?: AbortSignal): Promise<void> {
    await this.#send({
      method: 'PUT',
      path: `session/destroy/${encodeURIComponent(id)}`,
      doing: 'ending a session',
      signal,
    });
  }

  async acquire(key: string, value: string, session: string, signal?: AbortSignal): Promise<AcquireResult> {
    checkKey(key);
    checkValue(key, value);
    const path = `${keyPath(key)}?acquire=${encodeURIComponent(session)}`;
    const answer = await this.#send({
      method: 'PUT',
      path,
      body: value,
      doing: `taking the lock ${key}`,
      answers: [500],
      signal,
    });
    if (answer.status !== 500) return { kind: isTrue(answer) ? 'acquired' : 'held' };
    if (/invalid session/i.test(answer.body)) return { kind: 'no-session' };
    throw new KvError(
      'SERVER_ERROR',
      `taking the lock ${key}: the answer was 500: ${answer.body.slice(0, 300).trim()}`,
    );
  }

  async release(key: string, session: string, signal?: AbortSignal): Promise<void> {
    checkKey(key);
    const held = await this.get(key, signal);
    if (held?.session !== session) return;
    const path = `${keyPath(key)}?release=${encodeURIComponent(session)}`;
    await this.#send({ method: 'PUT', path, body: held.value, doing: `giving back the lock ${key}`, signal });
  }

  async #read(request: Omit<ConsulRequest, 'method'>): Promise<{ entries: KvEntry[]; index: number }> {
    const answer = await this.#send({ ...request, method: 'GET', answers: [404] });
    if (answer.status === 404) return { entries: [], index: answer.index };
    return { entries: parse(WireEntries, answer, request.doing).map(entryFromWire), index: answer.index };
  }

  #send(request: ConsulRequest): Promise<ConsulAnswer> {
    return send(request, this.#http);
  }
}

function keyPath(key: string): string {
  return `kv/${key.split('/').map(encodeURIComponent).join('/')}`;
}

function isTrue(answer: ConsulAnswer): boolean {
  return answer.body.trim() === 'true';
}
