/** Public API: add codes, never rename them. Each has a row in docs/errors.md. */
export type SupplyChainErrorCode =
  | 'CHECKSUM_WRONG'
  | 'COMMAND_FAILED'
  | 'FOLDER_IN_USE'
  | 'NOT_LOCKED'
  | 'NOT_SERVED'
  | 'REPORT_INVALID'
  | 'VERSION_WRONG'
  | 'WAIVERS_INVALID';

export class SupplyChainError extends Error {
  override readonly name = 'SupplyChainError';
  readonly code: SupplyChainErrorCode;
  readonly hint: string | undefined;

  /** @param message - what was under way and with which value, without a final period. */
  constructor(code: SupplyChainErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
