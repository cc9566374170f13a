/**
 * What went wrong, for programs:
 *
 * - `UNREACHABLE`: no server could be connected to; nothing was sent.
 * - `UNVERIFIED`: the server did not prove by its certificate to be the one that was asked for; nothing was sent.
 * - `INTERRUPTED`: the connection broke or the time ran out after the request was sent; a write may have happened.
 * - `NO_LEADER`: the servers have no leader, or this one cannot reach it.
 * - `SERVER_ERROR`: any other 5xx, and 429.
 * - `FORBIDDEN`: the token lacks the right, or there is none.
 * - `UNKNOWN_TOKEN`: the store does not know the token, or not yet.
 * - `TOO_LARGE`, `INVALID_KEY`, `INVALID_OPERATION`: the caller's fault; nothing was sent.
 * - `BAD_ANSWER`: the answer is not what this API gives.
 */
export type KvErrorCode =
  | 'UNREACHABLE'
  | 'UNVERIFIED'
  | 'INTERRUPTED'
  | 'NO_LEADER'
  | 'SERVER_ERROR'
  | 'FORBIDDEN'
  | 'UNKNOWN_TOKEN'
  | 'TOO_LARGE'
  | 'INVALID_KEY'
  | 'INVALID_OPERATION'
  | 'BAD_ANSWER';

const retryable: ReadonlySet<KvErrorCode> = new Set([
  'UNREACHABLE',
  'UNVERIFIED',
  'INTERRUPTED',
  'NO_LEADER',
  'SERVER_ERROR',
  'UNKNOWN_TOKEN',
]);

/** Never carries a value or a token; keys and addresses only. */
export class KvError extends Error {
  override readonly name = 'KvError';
  readonly code: KvErrorCode;
  readonly hint: string | undefined;

  constructor(code: KvErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }

  /** Whether the same call may succeed later. After `INTERRUPTED`, read before repeating a write that is not a `cas`. */
  get isRetryable(): boolean {
    return retryable.has(this.code);
  }
}
