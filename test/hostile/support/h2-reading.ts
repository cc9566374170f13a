import type { Reading } from './exchange.ts';
import { codes, statusOf, types } from './h2-frames.ts';

/** What the last PING carries: its answer says that all before it was read. */
export const lastPing = Buffer.from('the last');

/**
 * Reads frames until the connection is given up by GOAWAY, or these streams are answered or reset, and the PING at the end, if one is sent.
 * @param form - stands before the outcome
 */
export function readFrames(form: string, streams: readonly number[], hasPing: boolean): Reading {
  let rest = Buffer.alloc(0);
  let isAnswered = !hasPing;
  const awaited = new Set(streams);
  const outcomes = new Set<string>();
  const read = (type: number, stream: number, payload: Buffer) => {
    const code = (at: number) => codes[payload.readUInt32BE(at)] ?? 'UNKNOWN';
    if (type === types.HEADERS) outcomes.add(statusOf(payload));
    if (type === types.RST_STREAM && code(0) !== 'NO_ERROR') outcomes.add(`reset ${code(0)}`);
    if (type === types.GOAWAY) outcomes.add(`goaway ${code(4)}`);
    if (type === types.PING && payload.equals(lastPing)) isAnswered = true;
    if (type === types.HEADERS || type === types.RST_STREAM) awaited.delete(stream);
    return type === types.GOAWAY || (isAnswered && awaited.size === 0);
  };
  return {
    alpn: 'h2',
    add(chunk) {
      rest = Buffer.concat([rest, chunk]);
      let isOver = false;
      while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
        const end = 9 + rest.readUIntBE(0, 3);
        isOver = read(rest[3] ?? 0, rest.readUInt32BE(5), rest.subarray(9, end)) || isOver;
        rest = rest.subarray(end);
      }
      return isOver;
    },
    kind(how) {
      const said = [...outcomes].sort().join(', ');
      return `${form}: ${said !== '' ? said : hasPing && isAnswered && awaited.size === 0 ? 'nothing' : how}`;
    },
  };
}
