/** Public API: add codes, never rename them. */
export type ToolchainErrorCode =
  'GO_MISSING' | 'GO_TOO_OLD' | 'BUILD_FAILED' | 'DOWNLOAD_FAILED' | 'CACHE_UNWRITABLE' | 'CANCELLED';

export class ToolchainError extends Error {
  override readonly name = 'ToolchainError';
  readonly code: ToolchainErrorCode;
  readonly hint: string | undefined;

  /** @param message - what was under way and with which value, without a final period. */
  constructor(code: ToolchainErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** What every cancelled step throws. */
export function cancelled(step: string, signal: AbortSignal): ToolchainError {
  return new ToolchainError('CANCELLED', `${step}: cancelled`, {
    hint: 'run the same command again: it goes on where it was broken off',
    cause: signal.reason,
  });
}
