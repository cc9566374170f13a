import { ArgoCdError } from './errors.ts';

/** Far above what etcd can store as one object (1.5 MiB), so that only something that is no such stream reaches it. */
const maxLineChars = 32 * 1024 * 1024;

/**
 * The values of a newline-delimited JSON stream, however it is cut into chunks. Empty lines are skipped.
 *
 * @throws ArgoCdError `PROTOCOL` for a line that is not JSON or has no end; `UNAVAILABLE` when the stream breaks off within a line.
 */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator {
  for await (const { text, isWhole } of lines(chunks, /\n/)) {
    const line = text.trim();
    if (line === '') continue;
    if (isWhole) yield parseJson(line);
    else yield parseLast(line);
  }
}

export interface Line {
  readonly text: string;
  /** False for what follows the last line's end. */
  readonly isWhole: boolean;
}

/** The lines of a stream of bytes. @throws ArgoCdError `PROTOCOL` for a line without an end. */
export async function* lines(chunks: AsyncIterable<Uint8Array>, end: RegExp): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let length = 0;
  /** A carriage return that ends a chunk may be half of a line's end. */
  let held = '';
  for await (const chunk of chunks) {
    const decoded = held + decoder.decode(chunk, { stream: true });
    held = decoded.endsWith('\r') ? '\r' : '';
    const pieces = decoded.slice(0, decoded.length - held.length).split(end);
    const rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      parts.push(piece);
      yield { text: parts.join(''), isWhole: true };
      parts = [];
      length = 0;
    }
    parts.push(rest);
    length += rest.length;
    if (length > maxLineChars)
      throw new ArgoCdError('PROTOCOL', `reading a stream: a line of over ${maxLineChars} characters`);
  }
  const pieces = (parts.join('') + held + decoder.decode()).split(end);
  for (const [i, text] of pieces.entries()) {
    const isWhole = i + 1 < pieces.length;
    if (isWhole || text !== '') yield { text, isWhole };
  }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new ArgoCdError('PROTOCOL', `reading a stream: a line is not JSON: ${text.slice(0, 80)}`, { cause });
  }
}

function parseLast(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new ArgoCdError('UNAVAILABLE', 'reading a stream: it broke off within a line', { cause });
  }
}
