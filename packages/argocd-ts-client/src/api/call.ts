import { connectionErrorOf, errorOf } from '../errors.ts';

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
  let answer: Answer<T>;
  try {
    answer = await pending;
  } catch (cause) {
    throw connectionErrorOf(what, cause, signal);
  }
  const { data, error, response } = answer;
  if (!response.ok || data === undefined || data === null) throw errorOf(what, response.status, error);
  return data;
}
