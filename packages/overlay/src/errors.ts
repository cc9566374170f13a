/** Public API: add codes, never rename them. Each has a row in docs/errors.md. */
export type OverlayErrorCode = 'BASE_UNREADABLE' | 'PATCH_TARGET_MISSING' | 'WRITE_FAILED';

/** An overlay that cannot be planned, compared or written. Mistakes in environment.yaml are not errors of this kind. */
export class OverlayError extends Error {
  override readonly name = 'OverlayError';
  readonly code: OverlayErrorCode;
  readonly hint: string | undefined;

  /** @param message - what was under way and with which value, without a final period. */
  constructor(code: OverlayErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
