/** One mistake in an environment.yaml, with where it is and how to mend it. */
export interface Problem {
  /** As given to the parser. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Dotted path of the field, such as `spec.gateway.replicas`; empty for the document itself. */
  readonly path: string;
  /** What is wrong, without a final period. */
  readonly message: string;
  /** The value found, as short text; undefined where there is none. */
  readonly found: string | undefined;
  /** What to do about it. */
  readonly remedy: string;
}

/** A problem before it has a place in the file. */
export interface Violation {
  readonly path: readonly PropertyKey[];
  /** Whether the mistake is the field's name rather than its value. */
  readonly atKey?: boolean;
  readonly message: string;
  readonly remedy: string;
}

/** `spec.domains[0]`: how a path is written everywhere. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text === '' ? String(step) : `${text}.${String(step)}`,
    '',
  );
}

/** All problems as a person reads them, one under the other, in the order given. */
export function renderProblems(problems: readonly Problem[]): string {
  return problems
    .map(({ file, line, column, message, found, remedy }) =>
      [
        `${file}:${line}:${column}`,
        `  error   ${message}`,
        ...(found === undefined ? [] : [`  found   ${found}`]),
        `  remedy  ${remedy}`,
        '',
      ].join('\n'),
    )
    .join('\n');
}
