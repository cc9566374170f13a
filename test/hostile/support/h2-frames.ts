/** HTTP/2 as it is on the wire, without anything that would keep the rules (RFC 9113, and RFC 7541 for the fields). */

export const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

export const types = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const;
export const flags = { END_STREAM: 1, ACK: 1, END_HEADERS: 4, PADDED: 8 } as const;
export const codes = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
] as const;

export type Field = readonly [name: string, value: string];

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function frame(type: number, flag: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flag;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export function setting(id: number, value: number): Buffer {
  return Buffer.concat([Buffer.from([id >> 8, id & 255]), u32(value)]);
}

/** An integer that begins in the low bits of a byte (RFC 7541, section 5.1). */
function integer(first: number, bits: number, value: number): Buffer {
  const most = 2 ** bits - 1;
  if (value < most) return Buffer.from([first | value]);
  const bytes = [first | most];
  let rest = value - most;
  for (; rest >= 128; rest >>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

const text = (value: string) => {
  const bytes = Buffer.from(value, 'latin1');
  return Buffer.concat([integer(0, 7, bytes.length), bytes]);
};

/** Fields as literals, and nothing remembered. */
export function literals(fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

/** A literal that takes a place in the table of who reads it, as number 62. */
export function remembered([name, value]: Field): Buffer {
  return Buffer.concat([Buffer.from([0x40]), text(name), text(value)]);
}

export const indexed = (place: number) => integer(0x80, 7, place);

/** HEADERS, and as many CONTINUATIONs as frames of 16 KiB need. */
export function headers(stream: number, block: Buffer, flag: number = flags.END_STREAM): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at === 0 || at < block.length; at += 16_384) {
    const isLast = at + 16_384 >= block.length;
    const [type, own] = at === 0 ? [types.HEADERS, flag] : [types.CONTINUATION, 0];
    pieces.push(frame(type, own | (isLast ? flags.END_HEADERS : 0), stream, block.subarray(at, at + 16_384)));
  }
  return Buffer.concat(pieces);
}

/** Statuses of the static table, from number 8 on. */
const indexedStatuses = ['200', '204', '206', '304', '400', '404', '500'];

/** Digits in Huffman's code (RFC 7541, appendix B): 5 bits up to 2, 6 from 3 on. */
function digits(coded: Buffer): string {
  const bits = [...coded].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.replace(/000(00|01|10)|011(001|010|011|100|101|110|111)|1+$/g, (_, short?: string, long?: string) => {
    if (short !== undefined) return String(Number.parseInt(short, 2));
    return long === undefined ? '' : String(2 + Number.parseInt(long, 2));
  });
}

/** The status, which comes first. Of a server that was told to remember nothing. */
export function statusOf(block: Buffer): string {
  let at = 0;
  while (((block[at] ?? 0) & 0xe0) === 0x20) at += 1;
  const status = indexedStatuses[(block[at] ?? 0) - 0x88];
  if (status !== undefined) return status;
  const length = block[at + 1] ?? 0;
  const value = block.subarray(at + 2, at + 2 + (length & 127));
  return length < 128 ? value.toString('latin1') : digits(value);
}
