/** Public API: add codes, never rename them. */
export type AcmeErrorCode =
  /** The CA did not answer: no connection, a broken one, or no answer in time. A POST may have been carried out. */
  | 'UNREACHABLE'
  /** The CA answered, but with a 5xx or with something that RFC 8555 does not know. */
  | 'CA_BROKEN'
  /** The CA refuses until {@link AcmeError.retryAfter}. */
  | 'RATE_LIMITED'
  /** The CA refuses this request for good. */
  | 'REFUSED'
  /** The CA has no account for our key: never had, or forgot it. */
  | 'ACCOUNT_UNKNOWN'
  /** The CA no longer knows the order, or the order ended without a certificate or a reason. */
  | 'ORDER_LOST'
  /** The CA looked for our answer to a challenge and did not find it. */
  | 'CHALLENGE_FAILED'
  /** The replicas that answer challenges cannot all do so yet. */
  | 'NOT_READY'
  /** A host leads elsewhere than to our gateways: no order is made for it. */
  | 'HOST_ELSEWHERE'
  /** A name that no certificate may be asked for. */
  | 'BAD_NAME'
  /** The CA issued something else than what was asked for. */
  | 'BAD_CERTIFICATE'
  /** A certificate that ends before it starts. */
  | 'BAD_VALIDITY'
  /** Something took longer than it may; the order itself goes on. */
  | 'TIMED_OUT';

export interface AcmeErrorDetails {
  /** The next step for a person. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** Type of the CA's problem document, for instance `urn:ietf:params:acme:error:rateLimited`. */
  readonly type?: string | undefined;
  /** HTTP status of the CA's answer. */
  readonly status?: number | undefined;
  /** When the CA wants to be asked again. */
  readonly retryAfter?: Date | undefined;
  /** The host that could not be proven. */
  readonly host?: string | undefined;
}

export class AcmeError extends Error {
  override readonly name = 'AcmeError';
  readonly code: AcmeErrorCode;
  readonly hint: string | undefined;
  readonly type: string | undefined;
  readonly status: number | undefined;
  readonly retryAfter: Date | undefined;
  readonly host: string | undefined;

  /** @param message - what was under way and with which value, without a final period. Never a key, never a token. */
  constructor(code: AcmeErrorCode, message: string, details: AcmeErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.type = details.type;
    this.status = details.status;
    this.retryAfter = details.retryAfter;
    this.host = details.host;
  }
}
