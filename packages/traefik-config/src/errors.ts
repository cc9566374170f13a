/**
 * - `INVALID_CONFIG`: Traefik would refuse it, or read it as something else.
 * - `INVALID_TREE`: keys that are no configuration of ours.
 */
export type TraefikConfigErrorCode = 'INVALID_CONFIG' | 'INVALID_TREE';

/** Messages name fields, never values: one of them may be a private key. */
export class TraefikConfigError extends Error {
  override readonly name = 'TraefikConfigError';
  readonly code: TraefikConfigErrorCode;
  readonly hint: string | undefined;

  constructor(code: TraefikConfigErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
