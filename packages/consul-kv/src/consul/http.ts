import type { z } from 'zod';
import { KvError } from '../errors.ts';
import { ExchangeFailure, type Connections, type Exchanged } from './connections.ts';
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
  request.signal?.throwIfAborted();
  const token = await options.token();
  let last: KvError | undefined;
  for (const server of await options.servers.list()) {
    try {
      return await sendTo(server, request, token, options);
    } catch (error) {
      if (!(error instanceof KvError) || !error.isRetryable) throw error;
      options.servers.failed(server);
      last = error;
      if (request.method !== 'GET' && !unsent.has(error.code)) break;
    }
  }
  throw last ?? new KvError('UNREACHABLE', `${request.doing}: no server is known`);
}

async function sendTo(
  server: Server,
  { method, path, body, doing, extraTimeMs = 0, answers, signal }: ConsulRequest,
  token: string | undefined,
  { connections, timeoutMs }: ConsulHttpOptions,
): Promise<ConsulAnswer> {
  const timeout = AbortSignal.timeout(timeoutMs + extraTimeMs);
  let exchanged: Exchanged;
  try {
    exchanged = await connections.exchange(server, {
      method,
      path: `/v1/${path}`,
      headers: token === undefined ? {} : { 'X-Consul-Token': token },
      body,
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ExchangeFailure)) throw error;
    throw exchangeError(server, doing, error, timeout.aborted);
  }
  const index = Number(exchanged.header('x-consul-index') ?? '0');
  const answer = { status: exchanged.status, body: exchanged.body, index: Number.isSafeInteger(index) ? index : 0 };
  const isAnswer = (answer.status >= 200 && answer.status < 300) || answers?.includes(answer.status);
  if (!isAnswer) throw statusError(server.origin, doing, answer);
  return answer;
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
