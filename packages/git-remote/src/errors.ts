/** Public: codes are added, never renamed. */
export type GitRemoteErrorCode =
  'NOT_A_REPOSITORY' | 'GIT_MISSING' | 'ADDRESS_UNUSABLE' | 'BACKEND_FAILED' | 'PUSH_CALLBACK_FAILED';

export class GitRemoteError extends Error {
  override readonly name = 'GitRemoteError';
  readonly code: GitRemoteErrorCode;
  readonly hint: string | undefined;

  /** @param message - what was under way and with which value, without a final period. */
  constructor(code: GitRemoteErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
