/** Public API: add codes, never rename them. Each has a row in docs/errors.md. */
export type NxKustomizeErrorCode =
  'ALREADY_THERE' | 'APPLICATION_UNKNOWN' | 'ENVIRONMENT_INVALID' | 'INVALID_OPTION' | 'SERVER_UNKNOWN';

/** A target or generator that cannot know what it is to do. */
export class NxKustomizeError extends Error {
  override readonly name = 'NxKustomizeError';
  readonly code: NxKustomizeErrorCode;
  readonly hint: string | undefined;

  /** @param message - what was under way and with which value, without a final period. */
  constructor(code: NxKustomizeErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
