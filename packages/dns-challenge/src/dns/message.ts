import { randomInt } from 'node:crypto';
import { AUTHORITATIVE_ANSWER, decode, encode, RECURSION_DESIRED, TRUNCATED_RESPONSE, type Answer } from 'dns-packet';

export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'NS' | 'SOA' | 'TXT';

export interface Question {
  /** In lower case, without a final dot. */
  readonly name: string;
  readonly type: RecordType;
}

/** A record as asked for: its name in lower case, its value as text. */
export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  /** A name in lower case, an address, the joined strings of a TXT; of a SOA nothing. */
  readonly value: string;
}

export interface DnsAnswer {
  readonly rcode: number;
  readonly isAuthoritative: boolean;
  readonly isTruncated: boolean;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
}

export const RCODE = {
  noError: 0,
  formErr: 1,
  servFail: 2,
  nxDomain: 3,
  notImp: 4,
  refused: 5,
  notAuth: 9,
  notZone: 10,
} as const;

const names: Readonly<Record<number, string>> = {
  1: 'FORMERR',
  2: 'SERVFAIL',
  3: 'NXDOMAIN',
  4: 'NOTIMP',
  5: 'REFUSED',
  6: 'YXDOMAIN',
  7: 'YXRRSET',
  8: 'NXRRSET',
  9: 'NOTAUTH',
  10: 'NOTZONE',
};

/** @see https://www.iana.org/assignments/dns-parameters/dns-parameters.xhtml#dns-parameters-6 */
export function rcodeName(rcode: number): string {
  return names[rcode] ?? `RCODE ${rcode}`;
}

export function newId(): number {
  return randomInt(0x1_0000);
}

export function encodeQuery({ name, type }: Question, id: number, isRecursive: boolean): Buffer {
  return encode({ id, type: 'query', flags: isRecursive ? RECURSION_DESIRED : 0, questions: [{ name, type }] });
}

/**
 * Whether these bytes are the answer to that question: anybody may send anything to a UDP port. One who did not understand the question
 * need not repeat it.
 */
export function isAnswerTo(message: Buffer, { name, type }: Question, id: number): boolean {
  const packet = decoded(message);
  if (packet?.id !== id || !packet.flag_qr) return false;
  const [question, ...more] = packet.questions ?? [];
  if (question === undefined) return ((packet.flags ?? 0) & 0xf) !== RCODE.noError;
  return more.length === 0 && question.name.toLowerCase() === name && question.type === type;
}

/** @throws Error when the bytes are no DNS message */
export function decodeAnswer(message: Buffer): DnsAnswer {
  const packet = decode(message);
  const flags = packet.flags ?? 0;
  return {
    rcode: flags & 0xf,
    isAuthoritative: (flags & AUTHORITATIVE_ANSWER) !== 0,
    isTruncated: (flags & TRUNCATED_RESPONSE) !== 0,
    answers: (packet.answers ?? []).map(recordOf),
    authorities: (packet.authorities ?? []).map(recordOf),
  };
}

function decoded(message: Buffer) {
  try {
    return decode(message);
  } catch {
    return undefined;
  }
}

function recordOf(answer: Answer): DnsRecord {
  const name = answer.name.toLowerCase();
  switch (answer.type) {
    case 'CNAME':
    case 'NS':
      return { name, type: answer.type, value: answer.data.toLowerCase() };
    case 'A':
    case 'AAAA':
      return { name, type: answer.type, value: answer.data };
    case 'TXT':
      return { name, type: answer.type, value: txtOf(answer.data) };
    default:
      return { name, type: answer.type, value: '' };
  }
}

function txtOf(data: string | Buffer | readonly (string | Buffer)[]): string {
  const parts = typeof data === 'string' || Buffer.isBuffer(data) ? [data] : data;
  return Buffer.concat(parts.map((part) => Buffer.from(part as Buffer))).toString('utf8');
}
