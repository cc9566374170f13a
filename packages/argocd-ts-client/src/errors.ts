/**
 * Public: codes are added, never renamed.
 * `UNAVAILABLE` may pass by itself; `PROTOCOL` means that what answered is not (this version of) Argo CD;
 * `UNSUPPORTED` means that Kubernetes alone does not have it.
 */
export type ArgoCdErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'PRECONDITION'
  | 'INVALID'
  | 'UNAVAILABLE'
  | 'PROTOCOL'
  | 'UNSUPPORTED'
  | 'ABORTED';

/** Something other than the answer that was asked for. The server's own words end the message; tokens and passwords are never in it. */
export class ArgoCdError extends Error {
  override readonly name = 'ArgoCdError';
  readonly code: ArgoCdErrorCode;
  readonly hint: string | undefined;
  /** HTTP status of the answer, if there was one. */
  readonly status: number | undefined;

  /** @param message - what was under way and with which value, without a final period. */
  constructor(
    code: ArgoCdErrorCode,
    message: string,
    options: { hint?: string | undefined; status?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.status = options.status;
  }
}

const hints: Partial<Record<ArgoCdErrorCode, string>> = {
  UNAUTHENTICATED: 'the token or certificate is missing, wrong or expired: log in again',
  FORBIDDEN:
    'give this account the right, or check the name: Argo CD also answers so for an application that does not exist',
  CONFLICT: 'another operation is running or the object changed meanwhile: wait for it, then repeat',
};

/** gRPC's FAILED_PRECONDITION and ABORTED; the gateway turns both into HTTP statuses that say less. */
const grpcFailedPrecondition = 9;
const grpcAborted = 10;

/**
 * The error for a refused call.
 *
 * @param what - what was under way, as in "syncing application shop".
 * @param body - the answer's body: Argo CD's `{message, code}` or a Kubernetes Status.
 */
export function errorOf(what: string, status: number, body: unknown): ArgoCdError {
  const { message, grpcCode } = wordsOf(body);
  const code = codeOf(status, message, grpcCode);
  return new ArgoCdError(code, `${what}: HTTP ${status}${message === '' ? '' : `: ${message}`}`, {
    hint: hints[code],
    status,
  });
}

/** The error for a call that got no answer. An abort by the caller's own signal keeps its reason as the cause. */
export function connectionErrorOf(what: string, cause: unknown, signal?: AbortSignal): ArgoCdError {
  if (cause instanceof ArgoCdError) return cause;
  if (signal?.aborted === true) return new ArgoCdError('ABORTED', `${what}: aborted`, { cause: signal.reason });
  const { message = '', code = '' } = Object(cause) as { message?: string; code?: string };
  const detail = message || code || String(cause);
  return new ArgoCdError('UNAVAILABLE', `${what}: no answer: ${detail}`, {
    hint: 'check that the server runs, its address and port, and the CA file',
    cause,
  });
}

function codeOf(status: number, message: string, grpcCode: number | undefined): ArgoCdErrorCode {
  // Both are only words of Argo CD's, whose codes say "invalid" and "precondition".
  if (/another operation is already in progress|spec is different, use upsert/i.test(message)) return 'CONFLICT';
  if (grpcCode === grpcAborted) return 'CONFLICT';
  if (grpcCode === grpcFailedPrecondition) return 'PRECONDITION';
  switch (status) {
    case 401:
      return 'UNAUTHENTICATED';
    case 403:
      return 'FORBIDDEN';
    case 404:
      return 'NOT_FOUND';
    case 409:
      return 'CONFLICT';
    case 412:
      return 'PRECONDITION';
    case 400:
    case 422:
      return 'INVALID';
    case 408:
    case 429:
      return 'UNAVAILABLE';
    default:
      return status >= 500 ? 'UNAVAILABLE' : 'PROTOCOL';
  }
}

function wordsOf(body: unknown): { message: string; grpcCode: number | undefined } {
  if (typeof body === 'string') return { message: body.slice(0, 300).trim(), grpcCode: undefined };
  if (typeof body !== 'object' || body === null) return { message: '', grpcCode: undefined };
  const fields = body as Record<string, unknown>;
  const message = [fields.message, fields.error].find((value) => typeof value === 'string') ?? '';
  const grpc = [fields.grpc_code, fields.code].find((value) => typeof value === 'number');
  return { message, grpcCode: grpc };
}

/** What only Argo CD's API server has, asked of Kubernetes. */
export function unsupported(what: string): ArgoCdError {
  return new ArgoCdError('UNSUPPORTED', `${what}: Kubernetes alone does not have it`, {
    hint: "connect to Argo CD's API server for it",
  });
}
