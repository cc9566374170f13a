/**
 * An error as a person reads it: code and what was under way, then the next step, then what it came from. Programs read
 * the same as JSON.
 */
export function failureText(error: unknown): string {
  const { code, message, hint, cause } = failureOf(error);
  const lines = [`error ${code}  ${message}`];
  if (hint !== undefined) lines.push(`      hint   ${hint}`);
  if (cause !== undefined) lines.push(`      cause  ${cause}`);
  return `${lines.join('\n')}\n`;
}

/** The same as data. */
export function failureOf(error: unknown): { code: string; message: string; hint?: string; cause?: string } {
  if (!(error instanceof Error)) return { code: 'UNEXPECTED', message: String(error) };
  const { code, hint } = error as { code?: unknown; hint?: unknown };
  return {
    code: typeof code === 'string' ? code : 'UNEXPECTED',
    message: error.message,
    ...(typeof hint === 'string' ? { hint } : {}),
    ...(error.cause instanceof Error ? { cause: `${error.cause.name}: ${error.cause.message}` } : {}),
  };
}
