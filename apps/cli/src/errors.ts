/** Public API: add codes, never rename them. Each has a row in docs/errors.md. */
export type CliErrorCode =
  | 'NOT_RUNNING'
  | 'CONTEXT_UNKNOWN'
  | 'PROGRAM_MISSING'
  | 'NOT_A_REPOSITORY'
  | 'COMMAND_FAILED'
  | 'TIMED_OUT'
  | 'BAD_ARGUMENT';

/** A command that cannot be carried out. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliErrorCode;
  readonly hint: string | undefined;

  /** @param message - what was under way and with which value, without a final period. */
  constructor(code: CliErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
