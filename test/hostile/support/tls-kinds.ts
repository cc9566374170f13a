import type { Random } from './random.ts';

const record = (type: number, version: number, length: number, body: Buffer) =>
  Buffer.concat([Buffer.from([type, version >> 8, version & 255, length >> 8, length & 255]), body]);

/** The beginning of a ClientHello of TLS 1.2, for a name. */
function hello(random: Random, servername: string): Buffer {
  const name = Buffer.from(servername);
  const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);
  const sni = Buffer.concat([u16(name.length + 3), Buffer.from([0]), u16(name.length), name]);
  const extensions = Buffer.concat([u16(0), u16(sni.length), sni]);
  const body = Buffer.concat([
    u16(0x0303),
    random.bytes(32),
    Buffer.from([0]),
    u16(4),
    Buffer.from([0xc0, 0x2b, 0xc0, 0x2f, 1, 0]),
    u16(extensions.length),
    extensions,
  ]);
  const message = Buffer.concat([Buffer.from([1, 0]), u16(body.length), body]);
  return record(22, 0x0301, message.length, message);
}

/** What is no ClientHello, or not a whole one. */
export function malformedTls(random: Random, servername: string): Buffer {
  const whole = hello(random, servername);
  const spoiled = Buffer.from(whole);
  for (let count = 1 + random.below(8); count > 0; count -= 1)
    spoiled[5 + random.below(whole.length - 5)] = random.below(256);
  return random.oneOf([
    random.bytes(1 + random.below(600)),
    whole.subarray(0, 1 + random.below(whole.length - 1)),
    spoiled,
    record(22, 0x0301, 0xffff, random.bytes(100)),
    record(22, 0x0301, 0, Buffer.alloc(0)),
    record(22, 0x0301, 40, random.bytes(40)),
    record(23, 0x0303, 40, random.bytes(40)),
    record(21, 0x0303, 2, Buffer.from([2, 40])),
    Buffer.concat([Buffer.from([0x80, 0x2e, 1, 0, 2]), random.bytes(41)]),
    Buffer.concat([whole, whole, random.bytes(64)]),
  ]);
}
