import { isMap, isScalar, isSeq, Lexer, LineCounter, parseAllDocuments, type Document, type Node } from 'yaml';
import { parseHeader, type GeneratedFrom } from './generated-header.ts';

/** A place in a text file. Line and column count from 1; the file is relative to the repository's root, with slashes. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A place inside a YAML document: keys and indexes from its root. */
export type Path = readonly (string | number)[];

export interface Comment {
  readonly line: number;
  readonly column: number;
  /** Without the `#`, trimmed. */
  readonly text: string;
}

/** One document of a file, as plain data that knows where it stands. */
export class SourceDocument {
  readonly file: SourceFile;
  readonly value: unknown;
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #shift: Shift;

  constructor(file: SourceFile, document: Document.Parsed, lines: LineCounter, shift: Shift = inPlace) {
    this.file = file;
    this.#document = document;
    this.#lines = lines;
    this.#shift = shift;
    this.value = document.toJS({ maxAliasCount: 100 }) as unknown;
  }

  /** Where the value at `path` stands, or with `atKey` its name; the nearest parent where the path is not there. */
  positionOf(path: Path, { atKey = false }: { readonly atKey?: boolean } = {}): Position {
    let node: unknown = this.#document.contents;
    let key: unknown;
    for (const step of path) {
      const pair = isMap(node)
        ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step))
        : undefined;
      const item: unknown = isSeq(node) && typeof step === 'number' ? node.items[step] : undefined;
      if (pair === undefined && item === undefined) return this.#place(key ?? node);
      key = pair?.key;
      node = pair === undefined ? item : pair.value;
    }
    return this.#place(atKey ? (key ?? node) : (node ?? key));
  }

  #place(node: unknown): Position {
    const offset = (node as Node | null | undefined)?.range?.[0] ?? this.#document.range[0];
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.file.path, ...this.#shift({ line: Math.max(line, 1), column: Math.max(col, 1) }) };
  }
}

/** From a place in a text to the place in the file that holds the text. */
type Shift = (place: { readonly line: number; readonly column: number }) => {
  readonly line: number;
  readonly column: number;
};
const inPlace: Shift = (place) => place;

/**
 * The documents of a YAML text that stands inside another document, such as an inline patch.
 *
 * @param at - of the scalar that holds the text. Positions are exact for block scalars; others are placed at the scalar.
 */
export function inlineDocuments(outer: SourceDocument, at: Path): readonly SourceDocument[] {
  const text = at.reduce<unknown>(
    (value, step) => (value as Record<string | number, unknown> | undefined)?.[step],
    outer.value,
  );
  if (typeof text !== 'string') return [];
  const start = outer.positionOf(at);
  const lines = outer.file.text.split('\n');
  const isBlock = /^[|>]/.test((lines[start.line - 1] ?? '').slice(start.column - 1));
  const indent = /^ */.exec(lines[start.line] ?? '')?.[0].length ?? 0;
  const shift: Shift = ({ line, column }) =>
    isBlock ? { line: start.line + line, column: column + indent } : { line: start.line, column: start.column };
  const counter = new LineCounter();
  return parseAllDocuments(text, { lineCounter: counter, prettyErrors: false })
    .filter(({ contents, errors }) => contents !== null && errors.length === 0)
    .map((document) => new SourceDocument(outer.file, document, counter, shift));
}

interface Parsed {
  readonly documents: readonly SourceDocument[];
  readonly error: { readonly message: string; readonly position: Position } | undefined;
}

/** A YAML file of the repository; parsed when it is first looked into. */
export class SourceFile {
  /** From the repository's root, with slashes. */
  readonly path: string;
  readonly text: string;
  #parsed: Parsed | undefined;
  #comments: readonly Comment[] | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
  }

  /** Documents that hold something; none where the file is not YAML. */
  get documents(): readonly SourceDocument[] {
    return this.#parse().documents;
  }

  /** Why the file is not YAML. */
  get error(): Parsed['error'] {
    return this.#parse().error;
  }

  get comments(): readonly Comment[] {
    this.#comments ??= commentsOf(this.text);
    return this.#comments;
  }

  /** What the file was generated from, if it says so in its first line. */
  get generatedFrom(): GeneratedFrom | undefined {
    return parseHeader(this.path, this.text);
  }

  #parse(): Parsed {
    this.#parsed ??= parse(this);
    return this.#parsed;
  }
}

function parse(file: SourceFile): Parsed {
  const lines = new LineCounter();
  const documents = parseAllDocuments(file.text, { lineCounter: lines, prettyErrors: false });
  const error = documents.flatMap(({ errors }) => errors).at(0);
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    const position = { file: file.path, line, column: col };
    return { documents: [], error: { message: error.message.split('\n', 1)[0] ?? '', position } };
  }
  return {
    documents: documents
      .filter(({ contents }) => contents !== null)
      .map((document) => new SourceDocument(file, document, lines)),
    error: undefined,
  };
}

function commentsOf(text: string): readonly Comment[] {
  if (!text.includes('#')) return [];
  const lines = new LineCounter();
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  lines.lineStarts.unshift(0);
  const comments: Comment[] = [];
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    // The lexer marks where documents and scalars begin by single control characters of its own.
    if (token.length === 1 && token.charCodeAt(0) < 0x20 && token !== '\n' && token !== '\t' && token !== '\r')
      continue;
    if (token === '\u{FEFF}' && offset !== 0) continue;
    if (token.startsWith('#')) {
      const { line, col } = lines.linePos(offset);
      comments.push({ line, column: col, text: token.slice(1).trim() });
    }
    offset += token.length;
  }
  return comments;
}
