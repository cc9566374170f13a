import { lines, parseJson } from './json-lines.ts';

/**
 * The values of a stream of server-sent events whose data is JSON, however it is cut into chunks. Comments, and fields other than
 * `data`, are skipped; an event that the end of the stream cuts off is none, as the standard says.
 *
 * @throws ArgoCdError `PROTOCOL` for data that is not JSON.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function* jsonEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator {
  let data: string[] = [];
  for await (const { text, isWhole } of lines(chunks, /\r\n|\n|\r/)) {
    if (!isWhole) return;
    if (text === '') {
      const event = data.join('\n');
      data = [];
      if (event !== '') yield parseJson(event);
    } else if (text.startsWith('data:')) {
      data.push(text.slice(text[5] === ' ' ? 6 : 5));
    }
  }
}
