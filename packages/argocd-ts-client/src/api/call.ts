import { connectionErrorOf, errorOf } from '../errors.ts';
import { valuesOf } from '../streams.ts';

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** The data of an openapi-fetch call, or the typed error. @param what - what is under way, for the message. */
export async function call<T>(
  what: string,
  signal: AbortSignal | undefined,
  pending: Promise<Answer<T>>,
): Promise<NonNullable<T>> {
  return (await answered(what, signal, pending)).data;
}

/** The values of an openapi-fetch call with `parseAs: 'stream'`, once the server has begun to answer. */
export async function callStream<R>(
  what: string,
  signal: AbortSignal | undefined,
  pending: Promise<Answer<AsyncIterable<Uint8Array> | null>>,
): Promise<AsyncIterable<R>> {
  const { data, response } = await answered(what, signal, pending);
  return results<R>(what, valuesOf(response.headers.get('content-type'), data));
}

async function answered<T>(
  what: string,
  signal: AbortSignal | undefined,
  pending: Promise<Answer<T>>,
): Promise<{ readonly data: NonNullable<T>; readonly response: Response }> {
  let answer: Answer<T>;
  try {
    answer = await pending;
  } catch (cause) {
    throw connectionErrorOf(what, cause, signal);
  }
  const { data, error, response } = answer;
  if (!response.ok || data === undefined || data === null) throw errorOf(what, response.status, error);
  return { data, response };
}

/** grpc-gateway wraps each value, and ends a stream that fails with an error. */
async function* results<R>(what: string, values: AsyncIterable<unknown>): AsyncGenerator<R> {
  for await (const value of values) {
    const { result, error } = value as { result?: R; error?: { readonly http_code?: number } };
    if (error !== undefined) throw errorOf(what, error.http_code ?? 503, error);
    if (result !== undefined) yield result;
  }
}
