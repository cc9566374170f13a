import { ArgoCdError } from './errors.ts';

/** Far above what etcd can store as one object (1.5 MiB), so that only something that is no such stream reaches it. */
const maxLineChars = 32 * 1024 * 1024;

/**
 * The values of a newline-delimited JSON stream, however it is cut into chunks. Empty lines are skipped.
 *
 * @throws ArgoCdError `PROTOCOL` for a line that is not JSON or has no end; `UNAVAILABLE` when the stream breaks off within a line.
 */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const pieces = decoder.decode(chunk, { stream: true }).split('\n');
    const rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      parts.push(piece);
      const line = parts.join('').trim();
      parts = [];
      length = 0;
      if (line !== '') yield parseLine(line);
    }
    parts.push(rest);
    length += rest.length;
    if (length > maxLineChars)
      throw new ArgoCdError('PROTOCOL', `reading a stream: a line of over ${maxLineChars} characters`);
  }
  const last = (parts.join('') + decoder.decode()).trim();
  if (last === '') return;
  try {
    yield JSON.parse(last) as unknown;
  } catch (cause) {
    throw new ArgoCdError('UNAVAILABLE', 'reading a stream: it broke off within a line', { cause });
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (cause) {
    throw new ArgoCdError('PROTOCOL', `reading a stream: a line is not JSON: ${line.slice(0, 80)}`, { cause });
  }
}
