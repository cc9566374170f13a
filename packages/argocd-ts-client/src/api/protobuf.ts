/** As much of protobuf's encoding as `serverSideDiff` speaks. @see https://protobuf.dev/programming-guides/encoding/ */
export type Fields = readonly (readonly [number: number, value: string | boolean | Uint8Array])[];

const [varint, fixed64, delimited, fixed32] = [0, 1, 2, 5];

export function encodeMessage(fields: Fields): Uint8Array {
  const parts = fields.flatMap(([number, value]) => {
    if (typeof value === 'boolean') return [encodeVarint(number * 8 + varint), Uint8Array.of(value ? 1 : 0)];
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    return [encodeVarint(number * 8 + delimited), encodeVarint(bytes.length), bytes];
  });
  return new Uint8Array(Buffer.concat(parts));
}

/** Numbers and bytes by field, in their order. @throws RangeError when the message breaks off. */
export function decodeMessage(bytes: Uint8Array): (readonly [number: number, value: number | Uint8Array])[] {
  const fields: (readonly [number, number | Uint8Array])[] = [];
  const reader = { at: 0 };
  while (reader.at < bytes.length) {
    const tag = decodeVarint(bytes, reader);
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    if (wire === varint) fields.push([number, decodeVarint(bytes, reader)]);
    else {
      const length = wire === delimited ? decodeVarint(bytes, reader) : lengthOf(wire);
      const end = reader.at + length;
      if (end > bytes.length) throw new RangeError(`field ${number} ends after the message`);
      fields.push([number, bytes.subarray(reader.at, end)]);
      reader.at = end;
    }
  }
  return fields;
}

function lengthOf(wire: number): number {
  if (wire === fixed64) return 8;
  if (wire === fixed32) return 4;
  throw new RangeError(`no field has wire type ${wire}`);
}

function encodeVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.of(...bytes, rest);
}

function decodeVarint(bytes: Uint8Array, reader: { at: number }): number {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[reader.at++];
    if (byte === undefined) throw new RangeError('a number breaks off');
    value += (byte & 127) * scale;
    if (byte < 128) return value;
  }
}
