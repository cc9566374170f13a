/*
 * Transaction signatures (RFC 8945): a record at the end of a message with a MAC over the message and, in an answer, over the MAC of
 * the question.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { endOfName, wireName } from '../../dns/wire-name.ts';

export type TsigAlgorithm = 'hmac-sha256' | 'hmac-sha384' | 'hmac-sha512';

export interface TsigKey {
  /** In lower case, without a final dot. */
  readonly name: string;
  readonly algorithm: TsigAlgorithm;
  readonly secret: Buffer;
}

export interface SignedMessage {
  readonly message: Buffer;
  readonly mac: Buffer;
}

/** What an answer's signature is worth. */
export type TsigVerdict =
  | { readonly kind: 'valid' }
  | { readonly kind: 'unsigned' }
  /** Signed, and not by this key for this question, or changed on the way. */
  | { readonly kind: 'invalid'; readonly reason: string }
  /** The server did not accept our signature; what it says is itself not signed, except for `BADTIME`. */
  | {
      readonly kind: 'not-accepted';
      readonly error: 'BADSIG' | 'BADKEY' | 'BADTIME' | 'BADTRUNC';
      readonly serverTime?: Date;
    };

const TYPE_TSIG = 250;
const CLASS_ANY = 255;
/** How far the clocks may differ: the recommendation of RFC 8945, section 10. Seconds. */
const FUDGE = 300;
const HEADER = 12;
const COUNTS = { questions: 4, additionals: 10 };
const errors: Readonly<Record<number, 'BADSIG' | 'BADKEY' | 'BADTIME' | 'BADTRUNC'>> = {
  16: 'BADSIG',
  17: 'BADKEY',
  18: 'BADTIME',
  22: 'BADTRUNC',
};

/** @param requestMac - of the question, for an answer. */
export function signMessage(message: Buffer, key: TsigKey, now: Date, requestMac?: Buffer): SignedMessage {
  const fields: TsigFields = {
    time: Math.floor(now.getTime() / 1_000),
    fudge: FUDGE,
    error: 0,
    other: Buffer.alloc(0),
  };
  const mac = macOf(message, key, fields, requestMac);
  const data = Buffer.concat([
    wireName(key.algorithm),
    timeAndFudge(fields),
    uint16(mac.length),
    mac,
    message.subarray(0, 2),
    uint16(fields.error),
    uint16(fields.other.length),
  ]);
  const record = Buffer.concat([
    wireName(key.name),
    uint16(TYPE_TSIG),
    uint16(CLASS_ANY),
    Buffer.alloc(4),
    uint16(data.length),
    data,
  ]);
  const signed = Buffer.concat([message, record]);
  signed.writeUInt16BE(message.readUInt16BE(COUNTS.additionals) + 1, COUNTS.additionals);
  return { message: signed, mac };
}

/** @param requestMac - of the question that this answers. */
export function verifyAnswer(answer: Buffer, key: TsigKey, requestMac: Buffer, now: Date): TsigVerdict {
  let tsig: FoundTsig | undefined;
  try {
    tsig = findTsig(answer);
  } catch {
    // Its lengths are all that can fail there.
    return { kind: 'invalid', reason: 'its lengths do not fit' };
  }
  if (tsig === undefined) return { kind: 'unsigned' };
  const error = errors[tsig.error];
  if (error === 'BADKEY' || error === 'BADSIG' || error === 'BADTRUNC') return { kind: 'not-accepted', error };
  const { name, algorithm } = key;
  if (!sameName(tsig.name, name)) return { kind: 'invalid', reason: 'it is signed with another key' };
  if (!sameName(tsig.algorithm, algorithm)) return { kind: 'invalid', reason: 'it is signed by another algorithm' };
  const expected = macOf(tsig.unsigned, key, tsig, requestMac);
  if (tsig.mac.length !== expected.length || !timingSafeEqual(tsig.mac, expected)) {
    return { kind: 'invalid', reason: 'its signature does not fit' };
  }
  if (error === 'BADTIME') {
    const seconds = tsig.other.length === 6 ? tsig.other.readUIntBE(0, 6) : undefined;
    return { kind: 'not-accepted', error, ...(seconds === undefined ? {} : { serverTime: new Date(seconds * 1_000) }) };
  }
  if (Math.abs(now.getTime() / 1_000 - tsig.time) > tsig.fudge)
    return { kind: 'invalid', reason: 'it is too old or too new' };
  return { kind: 'valid' };
}

interface TsigFields {
  /** Unix seconds. */
  readonly time: number;
  readonly fudge: number;
  readonly error: number;
  readonly other: Buffer;
}

interface FoundTsig extends TsigFields {
  /** In wire form. */
  readonly name: Buffer;
  readonly algorithm: Buffer;
  readonly mac: Buffer;
  /** The message as it was when it was signed. */
  readonly unsigned: Buffer;
}

/** RFC 8945, section 4.3. */
function macOf(message: Buffer, key: TsigKey, fields: TsigFields, requestMac: Buffer | undefined): Buffer {
  const hmac = createHmac(key.algorithm.slice('hmac-'.length), key.secret);
  if (requestMac !== undefined) hmac.update(uint16(requestMac.length)).update(requestMac);
  return hmac
    .update(message)
    .update(wireName(key.name))
    .update(uint16(CLASS_ANY))
    .update(Buffer.alloc(4))
    .update(wireName(key.algorithm))
    .update(timeAndFudge(fields))
    .update(uint16(fields.error))
    .update(uint16(fields.other.length))
    .update(fields.other)
    .digest();
}

/** @throws RangeError when the message is shorter or longer than it says */
function findTsig(message: Buffer): FoundTsig | undefined {
  const [questions = 0, ...records] = [0, 2, 4, 6].map((at) => message.readUInt16BE(COUNTS.questions + at));
  let at = HEADER;
  for (let count = 0; count < questions; count += 1) at = endOfName(message, at) + 4;
  const total = records.reduce((sum, count) => sum + count, 0);
  for (let count = 1; count <= total; count += 1) {
    const fixed = endOfName(message, at);
    const data = fixed + 10;
    const end = data + message.readUInt16BE(fixed + 8);
    // It is the last, or it is none.
    if (count === total && message.readUInt16BE(fixed) === TYPE_TSIG)
      return tsigAt(message, { start: at, fixed, data });
    at = end;
  }
  return undefined;
}

function tsigAt(message: Buffer, { start, fixed, data }: { start: number; fixed: number; data: number }): FoundTsig {
  const time = endOfName(message, data);
  const mac = time + 10;
  const originalId = mac + message.readUInt16BE(time + 8);
  const other = originalId + 6;
  const end = other + message.readUInt16BE(originalId + 4);
  if (end !== message.length || end !== data + message.readUInt16BE(fixed + 8)) throw new RangeError('a wrong length');
  const unsigned = Buffer.from(message.subarray(0, start));
  unsigned.writeUInt16BE(message.readUInt16BE(originalId), 0);
  unsigned.writeUInt16BE(message.readUInt16BE(COUNTS.additionals) - 1, COUNTS.additionals);
  return {
    name: message.subarray(start, fixed),
    algorithm: message.subarray(data, time),
    time: message.readUIntBE(time, 6),
    fudge: message.readUInt16BE(time + 6),
    mac: message.subarray(mac, originalId),
    error: message.readUInt16BE(originalId + 2),
    other: message.subarray(other, end),
    unsigned,
  };
}

function sameName(wire: Buffer, name: string): boolean {
  return wire.toString('latin1').toLowerCase() === wireName(name).toString('latin1');
}

function timeAndFudge({ time, fudge }: TsigFields): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeUIntBE(time, 0, 6);
  buffer.writeUInt16BE(fudge, 6);
  return buffer;
}

function uint16(number: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16BE(number);
  return buffer;
}
