/** Public API: add codes, never rename them. Each has a row in docs/errors.md. */
export type ClusterErrorCode =
  | 'NOT_LINUX'
  | 'NAMESPACES_FORBIDDEN'
  | 'PROGRAM_MISSING'
  | 'PORT_IN_USE'
  | 'ALREADY_RUNNING'
  | 'COMPONENT_FAILED'
  | 'SUPERVISOR_FAILED'
  | 'STOP_FAILED';

/** A local cluster that cannot be started, reached or stopped. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code: ClusterErrorCode;
  readonly hint: string | undefined;

  /** @param message - what was under way and with which value, without a final period. */
  constructor(code: ClusterErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
