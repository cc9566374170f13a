import { wireName } from '../../dns/wire-name.ts';
import type { Edit } from '../../record-set.ts';
import { txtStrings } from '../../txt-text.ts';

/** Another server may take a while to see that the value is gone, or to see the next. Seconds. */
const TTL = 60;
const OPCODE_UPDATE = 5 << 11;
const TYPE = { soa: 6, txt: 16 };
const CLASS = { in: 1, none: 254 };

export interface Update {
  readonly zone: string;
  readonly fqdn: string;
  readonly edit: Edit;
}

/**
 * A DNS UPDATE that adds one value to a set, or takes it away; the other values are not touched, and a value that is there, or is gone,
 * is no error (RFC 2136, sections 2.5.1, 2.5.4 and 3.4.2).
 */
export function updateMessage({ zone, fqdn, edit }: Update, id: number): Buffer {
  const isAdded = edit.kind === 'add';
  const strings = txtStrings(edit.value).map((string) => Buffer.from(string, 'ascii'));
  const data = Buffer.concat(strings.flatMap((string) => [Buffer.from([string.length]), string]));
  return Buffer.concat([
    uint16(id, OPCODE_UPDATE, 1, 0, 1, 0),
    wireName(zone),
    uint16(TYPE.soa, CLASS.in),
    wireName(fqdn),
    uint16(TYPE.txt, isAdded ? CLASS.in : CLASS.none, 0, isAdded ? TTL : 0, data.length),
    data,
  ]);
}

function uint16(...numbers: readonly number[]): Buffer {
  const buffer = Buffer.alloc(numbers.length * 2);
  numbers.forEach((number, index) => buffer.writeUInt16BE(number, index * 2));
  return buffer;
}
