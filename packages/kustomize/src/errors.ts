/** Public API: add codes, never rename them. Each has a row in docs/errors.md. */
export type KustomizeErrorCode = 'BUILD_FAILED' | 'PROGRAM_MISSING' | 'FILE_UNREADABLE' | 'REVISION_UNREADABLE';

/** A kustomization that cannot be read or rendered. */
export class KustomizeError extends Error {
  override readonly name = 'KustomizeError';
  readonly code: KustomizeErrorCode;
  readonly hint: string | undefined;

  /** @param message - what was under way and with which value, without a final period. */
  constructor(code: KustomizeErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
