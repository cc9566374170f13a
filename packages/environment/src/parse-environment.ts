import { basename, dirname } from 'node:path';
import { LineCounter, parseAllDocuments, type Document, type YAMLError } from 'yaml';
import { Environment } from './environment.ts';
import { positionOf } from './positions.ts';
import { formatPath, type Problem, type Violation } from './problem.ts';
import { migrationsOf, type Migration } from './migrate.ts';
import { withPreset } from './presets.ts';
import type { Draft } from './rules/rule.ts';
import { rules } from './rules/rules.ts';
import { violationsOf } from './violations.ts';

export type ParsedEnvironment =
  | {
      readonly kind: 'valid';
      readonly environment: Environment;
      /** Dotted paths of values that the preset gave. */
      readonly filledByPreset: readonly string[];
    }
  | { readonly kind: 'invalid'; readonly errors: readonly Problem[] };

/**
 * Reads one environment.yaml. Reports every mistake at once, sorted by place.
 *
 * @param text - what the file holds.
 * @param file - its path, for errors; its folder's name must be the environment's name.
 * @param migrations - from older versions of the format, each to the next; there are none yet.
 */
export function parseEnvironment(text: string, file: string, migrations: readonly Migration[] = []): ParsedEnvironment {
  const lines = new LineCounter();
  // Merge keys and custom tags stay off: an environment reads the same to a person and to every tool.
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  const document = Array.isArray(documents) ? documents[0] : undefined;
  if (document === undefined) {
    const remedy = 'Start it with apiVersion: gatefleet.dev/v1alpha1.';
    return invalid([{ file, line: 1, column: 1, path: '', message: 'the file is empty', found: undefined, remedy }]);
  }

  const syntax = documents
    .flatMap((each) => [...each.errors, ...each.warnings])
    .map((error) => syntaxProblem(error, lines, file));
  if (documents.length > 1) syntax.push(secondDocument(documents[1], lines, file));
  // With a broken structure the values would be guesses; a field given twice leaves the rest readable.
  if (document.errors.some((error) => error.code !== 'DUPLICATE_KEY')) return invalid(syntax);

  const written = document.toJS({ maxAliasCount: 100 }) as unknown;
  const { document: current, origin } = migrationsOf(written, migrations);
  const { document: filled, filled: filledByPreset } = withPreset(current);
  const draft = draftOf(filled);
  const locate = (violation: Violation): Problem => ({
    file,
    ...positionOf(document, lines, origin(violation.path), violation.atKey),
    path: formatPath(violation.path),
    message: violation.message,
    found: shown(draft.at(...violation.path)),
    remedy: violation.remedy,
  });

  const folder = dirname(file) === '.' ? undefined : basename(dirname(file));
  const result = Environment.safeParse(draft.at());
  const problems = [
    ...syntax,
    ...(result.error?.issues ?? []).flatMap((issue) => violationsOf(issue, (path) => draft.at(...path))).map(locate),
    ...rules.flatMap((rule) => rule(draft, { folder })).map(locate),
  ];
  if (problems.length > 0 || !result.success) return invalid(problems);
  return { kind: 'valid', environment: result.data, filledByPreset };
}

function invalid(problems: readonly Problem[]): ParsedEnvironment {
  return { kind: 'invalid', errors: problems.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

function draftOf(root: unknown): Draft {
  const step = (value: unknown, key: PropertyKey): unknown =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, key)
      ? (value as Record<PropertyKey, unknown>)[key]
      : undefined;
  return { at: (...path) => path.reduce(step, root) };
}

function syntaxProblem(error: YAMLError, lines: LineCounter, file: string): Problem {
  const { line, col } = lines.linePos(error.pos[0]);
  const duplicate = error.code === 'DUPLICATE_KEY';
  return {
    file,
    line,
    column: col,
    path: '',
    message: duplicate ? 'a field is given twice' : `not valid YAML: ${firstLine(error.message)}`,
    found: undefined,
    remedy: duplicate ? 'Keep one of the two.' : 'Correct the YAML here; indentation is by spaces.',
  };
}

function secondDocument(document: Document.Parsed | undefined, lines: LineCounter, file: string): Problem {
  const { line, col } = lines.linePos(document?.range[0] ?? 0);
  const remedy = 'Keep one environment a file; move the other to a folder of its own.';
  return {
    file,
    line,
    column: col,
    path: '',
    message: 'the file holds more than one document',
    found: undefined,
    remedy,
  };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}

/** The value on one line, at most 80 characters, and without the password of a URL. */
function shown(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = JSON.stringify(value).replaceAll(/:\/\/[^\s/@"]+@/g, '://…@');
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
