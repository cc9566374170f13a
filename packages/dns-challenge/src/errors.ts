/** Public API: add codes, never rename them. */
export type DnsChallengeErrorCode =
  /** A server or API did not answer: no connection, a broken one, or no answer in time. A change may have been carried out. */
  | 'UNREACHABLE'
  /** It answered with a failure of its own, or with what its protocol does not know. */
  | 'BAD_ANSWER'
  /** The API refuses until {@link DnsChallengeError.retryAfter}, or for a while if it does not say. */
  | 'RATE_LIMITED'
  /** It refuses this change for good. */
  | 'REFUSED'
  /** A credential is missing, cannot be read, or is unknown to the other side. */
  | 'BAD_CREDENTIALS'
  /** The credential is known, and may not do this. */
  | 'FORBIDDEN'
  /** No zone for this name is there to be written in. */
  | 'NO_ZONE'
  /** Somebody else changed the same records again and again while we did. */
  | 'CONFLICT'
  /** The change was accepted and did not take effect in time. */
  | 'TIMED_OUT'
  /** A record that somebody else is to set is not there, or is not what the CA wants. */
  | 'NO_RECORD'
  /** CNAMEs that lead in a circle, or too far. */
  | 'BAD_DELEGATION'
  /** A name that DNS cannot hold. */
  | 'BAD_NAME'
  /** What was configured makes no provider. */
  | 'BAD_CONFIG';

export interface DnsChallengeErrorDetails {
  /** The next step for a person. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** When the API wants to be asked again. */
  readonly retryAfter?: Date | undefined;
  /** HTTP status of the answer. */
  readonly status?: number | undefined;
}

export class DnsChallengeError extends Error {
  override readonly name = 'DnsChallengeError';
  readonly code: DnsChallengeErrorCode;
  readonly hint: string | undefined;
  readonly retryAfter: Date | undefined;
  readonly status: number | undefined;

  /** @param message - what was under way and with which value, without a final period. Never a token, never a key. */
  constructor(code: DnsChallengeErrorCode, message: string, details: DnsChallengeErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.retryAfter = details.retryAfter;
    this.status = details.status;
  }
}
