import type { z } from 'zod';
import { KvError } from '../errors.ts';
import type { Servers } from './servers.ts';

export interface ConsulRequest {
  readonly method: 'GET' | 'PUT' | 'DELETE';
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
  readonly timeoutMs: number;
  readonly token: () => Promise<string | undefined>;
}

// With these nothing has been sent, so any request may go to another server.
const notConnected: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Sends a request to one server after the other: a read until one answers; a write only as long as nothing was sent.
 * @throws KvError, or the signal's reason
 */
export async function send(request: ConsulRequest, options: ConsulHttpOptions): Promise<ConsulAnswer> {
  request.signal?.throwIfAborted();
  const token = await options.token();
  let last: KvError | undefined;
  for (const origin of await options.servers.list()) {
    try {
      return await sendTo(origin, request, token, options.timeoutMs);
    } catch (error) {
      if (!(error instanceof KvError) || !error.isRetryable) throw error;
      options.servers.failed(origin);
      last = error;
      if (request.method !== 'GET' && error.code !== 'UNREACHABLE') break;
    }
  }
  throw last ?? new KvError('UNREACHABLE', `${request.doing}: no server is known`);
}

async function sendTo(
  origin: string,
  request: ConsulRequest,
  token: string | undefined,
  timeoutMs: number,
): Promise<ConsulAnswer> {
  const timeout = AbortSignal.timeout(timeoutMs + (request.extraTimeMs ?? 0));
  const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]);
  let answer: ConsulAnswer;
  try {
    const response = await fetch(`${origin}/v1/${request.path}`, {
      method: request.method,
      redirect: 'error',
      signal,
      ...(request.body !== undefined && { body: request.body }),
      // On the way from a neighbour, packing and unpacking takes longer than the bytes it saves.
      headers: { 'Accept-Encoding': 'identity', ...(token !== undefined && { 'X-Consul-Token': token }) },
    });
    const index = Number(response.headers.get('X-Consul-Index') ?? '0');
    answer = { status: response.status, body: await response.text(), index: Number.isSafeInteger(index) ? index : 0 };
  } catch (error) {
    request.signal?.throwIfAborted();
    throw connectionError(origin, request.doing, error);
  }
  const isAnswer = (answer.status >= 200 && answer.status < 300) || request.answers?.includes(answer.status);
  if (!isAnswer) throw statusError(origin, request.doing, answer);
  return answer;
}

function connectionError(origin: string, doing: string, error: unknown): KvError {
  const code = field(error, 'code') ?? field(field(error, 'cause'), 'code');
  if (notConnected.has(code)) {
    return new KvError('UNREACHABLE', `${doing}: ${origin} cannot be reached (${String(code)})`, { cause: error });
  }
  const why = field(error, 'name') === 'TimeoutError' ? 'did not answer in time' : 'broke off';
  return new KvError('INTERRUPTED', `${doing}: ${origin} ${why}`, { cause: error });
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
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
