/** A name as DNS carries it, not compressed (RFC 1035, section 3.1). The labels must have been checked to be of 1 to 63 octets. */
export function wireName(name: string): Buffer {
  const labels = name === '' ? [] : name.split('.');
  const parts = labels.map((label) => {
    const text = Buffer.from(label, 'ascii');
    return Buffer.concat([Buffer.from([text.length]), text]);
  });
  return Buffer.concat([...parts, Buffer.from([0])]);
}

/**
 * Where the name that begins at `offset` is over in the message: after its last label or after a pointer to the rest.
 * @throws RangeError when it goes on after the end
 */
export function endOfName(message: Buffer, offset: number): number {
  let at = offset;
  for (;;) {
    const length = message.readUInt8(at);
    if (length === 0) return at + 1;
    if (length >= 0xc0) return at + 2;
    at += 1 + length;
  }
}
