import { isCollection, isMap, isScalar, type Document, type LineCounter, type Node, type Pair } from 'yaml';

/** A place in a text file, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Where in the text the field at `path` stands: its value, or with `atKey` its name. A field that is missing is
 * placed at the closest parent that is there, at that parent's name, so that a reader finds where to add it.
 */
export function positionOf(
  document: Document.Parsed,
  lines: LineCounter,
  path: readonly PropertyKey[],
  atKey = false,
): Position {
  let node: unknown = document.contents;
  let key: unknown;
  for (const step of path) {
    const pair = isMap(node)
      ? node.items.find((item: Pair) => isScalar(item.key) && String(item.key.value) === String(step))
      : undefined;
    const next: unknown =
      pair === undefined
        ? isCollection(node) && typeof step === 'number'
          ? node.get(step, true)
          : undefined
        : pair.value;
    if (pair === undefined && next === undefined) return place(lines, key ?? node);
    key = pair === undefined ? undefined : pair.key;
    node = next;
  }
  return place(lines, atKey ? (key ?? node) : (node ?? key));
}

function place(lines: LineCounter, node: unknown): Position {
  const start = (node as Node | null | undefined)?.range?.[0] ?? 0;
  const { line, col } = lines.linePos(start);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}
