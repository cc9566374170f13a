import type { z } from 'zod';
import { KvError } from '../errors.ts';
import { ExchangeFailure, textOf, type Connections, type Opened } from './connections.ts';
import type { Server, Servers } from './servers.ts';

export interface ConsulRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path below `/v1/` with its query. */
  readonly path: string;
  readonly body?: string;
  /** What is under way, for messages. */
  readonly doing: string;
  /** Beyond the client's own time-out, for requests that wait on purpose. */
  readonly extraTimeMs?: number;
  /** Statuses beside 2xx that are answers. */
  readonly answers?: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

export interface ConsulAnswer {
  readonly status: number;
  readonly body: string;
  /** From `X-Consul-Index`; 0 where there is none. */
  readonly index: number;
}

export interface ConsulHttpOptions {
  readonly servers: Servers;
  readonly connections: Connections;
  /** How long a server may be silent, before its answer and in the middle of it. */
  readonly timeoutMs: number;
  readonly token: () => Promise<string | undefined>;
}

/** With these nothing has been sent, so any request may go to another server. */
const unsent: ReadonlySet<unknown> = new Set(['UNREACHABLE', 'UNVERIFIED']);

/**
 * Sends a request to one server after the other: a read until one answers; a write only as long as nothing was sent.
 * @throws KvError, or the signal's reason
 */
export async function send(request: ConsulRequest, options: ConsulHttpOptions): Promise<ConsulAnswer> {
  return tryEach(request, options, async (server, token) => {
    const opened = await open(server, request, token, options);
    return answerOf(opened);
  });
}

/** As {@link send}, for an answer that may be too large to keep: its bytes as they come, which throw as `send` does. */
export async function sendForBytes(request: ConsulRequest, options: ConsulHttpOptions): Promise<AsyncIterable<Buffer>> {
  return tryEach(request, options, async (server, token) => (await open(server, request, token, options)).body);
}

async function tryEach<T>(
  { method, doing, signal }: ConsulRequest,
  { servers, token }: ConsulHttpOptions,
  attempt: (server: Server, token: string | undefined) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const shown = await token();
  let last: KvError | undefined;
  for (const server of await servers.list()) {
    try {
      return await attempt(server, shown);
    } catch (error) {
      if (!(error instanceof KvError) || !error.isRetryable) throw error;
      servers.failed(server);
      last = error;
      if (method !== 'GET' && !unsent.has(error.code)) break;
    }
  }
  throw last ?? new KvError('UNREACHABLE', `${doing}: no server is known`);
}

/**
 * Aborts when nothing has come for so long. No limit for the whole of an answer: ten thousand certificates are 40 MB, and no less wanted of a
 * server that is busy.
 */
class Silence {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(milliseconds: number) {
    this.#timer = setTimeout(() => this.#controller.abort(), milliseconds).unref();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(): void {
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** @throws KvError, also for a status that is no answer */
async function open(
  server: Server,
  { method, path, body, doing, extraTimeMs = 0, answers, signal }: ConsulRequest,
  token: string | undefined,
  { connections, timeoutMs }: ConsulHttpOptions,
): Promise<Opened> {
  const silence = new Silence(timeoutMs + extraTimeMs);
  const failed = (error: unknown): unknown => {
    signal?.throwIfAborted();
    return error instanceof ExchangeFailure ? exchangeError(server, doing, error, silence.signal.aborted) : error;
  };
  let opened: Opened;
  try {
    opened = await connections.open(server, {
      method,
      path: `/v1/${path}`,
      headers: token === undefined ? {} : { 'X-Consul-Token': token },
      body,
      signal: signal === undefined ? silence.signal : AbortSignal.any([silence.signal, signal]),
    });
  } catch (error) {
    silence.end();
    throw failed(error);
  }
  async function* chunks() {
    try {
      for await (const chunk of opened.body) {
        silence.restart();
        yield chunk;
      }
    } catch (error) {
      throw failed(error);
    } finally {
      silence.end();
    }
  }
  const guarded = { ...opened, body: chunks() };
  const { status } = opened;
  if ((status >= 200 && status < 300) || answers?.includes(status)) return guarded;
  throw statusError(server.origin, doing, await answerOf(guarded));
}

async function answerOf({ status, header, body }: Opened): Promise<ConsulAnswer> {
  const index = Number(header('x-consul-index') ?? '0');
  return { status, body: await textOf(body), index: Number.isSafeInteger(index) ? index : 0 };
}

function exchangeError(
  { origin, serverName }: Server,
  doing: string,
  { kind, cause }: ExchangeFailure,
  isLate: boolean,
): KvError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  if (kind === 'unconnected') {
    return new KvError('UNREACHABLE', `${doing}: ${origin} cannot be reached (${code})`, { cause });
  }
  if (kind === 'unverified') {
    const name = serverName === undefined ? '' : ` as ${serverName}`;
    const hint =
      'the CA that is trusted here did not sign the server’s certificate, or it is for another name or has ended';
    return new KvError('UNVERIFIED', `${doing}: ${origin} cannot be verified${name}: ${message}`, { hint, cause });
  }
  return new KvError('INTERRUPTED', `${doing}: ${origin} ${isLate ? 'did not answer in time' : 'broke off'}`, {
    cause,
  });
}

function statusError(origin: string, doing: string, { status, body }: ConsulAnswer): KvError {
  const words = body.slice(0, 300).trim();
  const message = `${doing}: ${origin} answered ${status}: ${words}`;
  if (status === 403 && /acl not found/i.test(words)) {
    return new KvError('UNKNOWN_TOKEN', message, { hint: 'the ACL token is not registered, or not yet' });
  }
  if (status === 403) {
    return new KvError('FORBIDDEN', message, {
      hint: 'the ACL token is missing, or lacks the right',
    });
  }
  if (status === 413) return new KvError('TOO_LARGE', message);
  if (
    status >= 500 &&
    /no cluster leader|no known consul servers|leadership lost|not the leader|raft is already/i.test(words)
  ) {
    return new KvError('NO_LEADER', message);
  }
  if (status >= 500 || status === 429) return new KvError('SERVER_ERROR', message);
  return new KvError('BAD_ANSWER', message);
}

/** @throws KvError `BAD_ANSWER` */
export function parse<T>(schema: z.ZodType<T>, answer: ConsulAnswer, doing: string): T {
  try {
    return schema.parse(JSON.parse(answer.body));
  } catch (error) {
    // The body may hold values, so only its shape is told.
    throw new KvError(
      'BAD_ANSWER',
      `${doing}: the answer of ${answer.body.length} characters has another shape than expected`,
      {
        cause: error,
      },
    );
  }
}
