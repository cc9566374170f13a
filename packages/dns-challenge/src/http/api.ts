import type { z } from 'zod';
import type { Clock } from '../clock.ts';
import { DnsChallengeError, type DnsChallengeErrorCode } from '../errors.ts';
import { redacted } from './redacted.ts';
import { retryAfterOf } from './retry-after.ts';

/** A provider has this long for one answer. */
const TIMEOUT_MS = 30_000;

export interface ApiRequest {
  /** What is under way, for errors: `reading the zones of example.com`. */
  readonly doing: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What must not be in any error, even if the other side repeats it. */
  readonly secrets?: readonly string[];
}

/** An answer below 500 that is no 429: what it means is the provider's matter. */
export interface ApiAnswer {
  readonly request: ApiRequest;
  readonly status: number;
  readonly text: string;
  readonly retryAfter: Date | undefined;
}

/** @throws DnsChallengeError `UNREACHABLE`, `RATE_LIMITED`, or `BAD_ANSWER` for a 5xx; the signal's reason when aborted */
export async function callApi(request: ApiRequest, clock: Clock, signal: AbortSignal): Promise<ApiAnswer> {
  signal.throwIfAborted();
  const { doing, url, headers = {}, secrets = [] } = request;
  const { host } = new URL(url);
  // fetch would refuse it too, and quote it.
  if (!Object.values(headers).every((value) => /^[\t\x20-\x7e]*$/.test(value))) {
    throw new DnsChallengeError('BAD_CREDENTIALS', `${doing}: a credential has characters that cannot be sent`, {
      hint: 'look for line breaks and invisible characters in the Secret',
    });
  }
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: request.method ?? 'GET',
      headers: { 'user-agent': 'gatefleet', ...headers },
      body: request.body ?? null,
      // Credentials go where they were meant to go, and nowhere else.
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    text = await response.text();
  } catch (error) {
    signal.throwIfAborted();
    throw new DnsChallengeError('UNREACHABLE', `${doing}: ${host} did not answer (${reasonOf(error, secrets)})`, {
      hint: `check that the controller reaches ${host}, through its network policy too`,
    });
  }
  const { status } = response;
  const retryAfter = retryAfterOf(response.headers, clock.now());
  if (status === 429) {
    throw new DnsChallengeError('RATE_LIMITED', `${doing}: ${host} was asked too often`, { status, retryAfter });
  }
  if (status >= 500) {
    const words = redacted(text, secrets);
    throw new DnsChallengeError('BAD_ANSWER', `${doing}: ${host} failed with ${status} ${words}`.trim(), {
      status,
      retryAfter,
    });
  }
  return { request, status, text, retryAfter };
}

/** The JSON of an answer, of the shape that is expected. @throws DnsChallengeError `BAD_ANSWER` */
export function jsonOf<T>(answer: ApiAnswer, shape: z.ZodType<T>): T {
  const parsed = shape.safeParse(parseJson(answer.text));
  if (parsed.success) return parsed.data;
  const { host } = new URL(answer.request.url);
  throw new DnsChallengeError('BAD_ANSWER', `${answer.request.doing}: ${host} answered with something else`, {
    status: answer.status,
    hint: 'check that the address is the API’s own; a proxy may answer in its place',
  });
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An answer that refuses: 401 and 403 mean the credentials unless the provider knows better. @param words - the API's own */
export function refusalOf(
  { request, status, retryAfter }: ApiAnswer,
  words: string,
  { code = codeOf(status), hint }: { readonly code?: DnsChallengeErrorCode; readonly hint?: string } = {},
): DnsChallengeError {
  const text = redacted(words, request.secrets ?? []);
  return new DnsChallengeError(code, `${request.doing}: refused with ${status} ${text}`.trim(), {
    status,
    hint,
    retryAfter,
  });
}

function codeOf(status: number): DnsChallengeErrorCode {
  if (status === 401) return 'BAD_CREDENTIALS';
  return status === 403 ? 'FORBIDDEN' : 'REFUSED';
}

/** What fetch wraps. */
function reasonOf(error: unknown, secrets: readonly string[]): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return 'unknown';
  if (cause.name === 'TimeoutError') return `no answer in ${TIMEOUT_MS / 1_000} s`;
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : redacted(cause.message, secrets);
}
