import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeMessage, encodeMessage } from './protobuf.ts';

test('fields come out as they went in', () => {
  const value = fc.oneof(fc.string(), fc.boolean(), fc.uint8Array());
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 5000 }), value)), (fields) => {
      const decoded = decodeMessage(encodeMessage(fields));
      expect(decoded.map(([number]) => number)).toEqual(fields.map(([number]) => number));
      for (const [i, [, sent]] of fields.entries()) {
        const got = decoded[i]?.[1];
        if (typeof sent === 'boolean') expect(got).toBe(sent ? 1 : 0);
        else expect(Buffer.from(got as Uint8Array)).toEqual(Buffer.from(sent as string));
      }
    }),
  );
});

test('a message as the standard shows it', () => {
  expect(Buffer.from(encodeMessage([[2, 'testing']])).toString('hex')).toBe('120774657374696e67');
  expect(decodeMessage(Uint8Array.of(0x08, 0x96, 0x01))).toEqual([[1, 150]]);
});

test('a message that breaks off anywhere is refused', () => {
  const whole = encodeMessage([[1, 'abc']]);
  for (let length = 1; length < whole.length; length += 1) {
    expect(() => decodeMessage(whole.subarray(0, length))).toThrow(RangeError);
  }
});
