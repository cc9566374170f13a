/** Public API: add codes, never rename them. Each has a row in docs/errors.md. */
export type CliErrorCode =
  | 'BAD_ARGUMENT'
  | 'BRANCH_MOVED'
  | 'COMMAND_FAILED'
  | 'CONTEXT_UNKNOWN'
  | 'ENVIRONMENT_INVALID'
  | 'ENVIRONMENT_UNKNOWN'
  | 'KUBECONFIG_INVALID'
  | 'NOT_A_REPOSITORY'
  | 'NOT_RUNNING'
  | 'PROGRAM_MISSING'
  | 'STORE_NOT_EMPTY'
  | 'TIMED_OUT'
  | 'TRANSFER_UNDER_WAY'
  | 'WORK_TREE_CHANGED';

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
