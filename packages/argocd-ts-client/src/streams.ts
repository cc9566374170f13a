import { jsonEvents } from './json-events.ts';
import { jsonLines } from './json-lines.ts';

/** How a server is asked to send a stream. `sse` passes proxies that hold back other streams. */
export type StreamFormat = 'ndjson' | 'sse';

export const acceptOf: Readonly<Record<StreamFormat, string>> = {
  ndjson: 'application/json',
  sse: 'text/event-stream',
};

/** The values of a stream, read as its content type says. */
export function valuesOf(contentType: string | null, chunks: AsyncIterable<Uint8Array>): AsyncIterable<unknown> {
  return contentType?.startsWith(acceptOf.sse) === true ? jsonEvents(chunks) : jsonLines(chunks);
}
