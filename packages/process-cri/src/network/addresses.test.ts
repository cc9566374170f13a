import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nextAddress } from './addresses.ts';

test.each<{ given: string; range?: string; taken?: string[]; last?: string; then: string }>([
  { given: 'nothing taken', then: '10.100.1.1' },
  { given: 'the first taken', taken: ['10.100.1.1'], then: '10.100.1.2' },
  { given: 'a last one that is free again', last: '10.100.1.7', then: '10.100.1.8' },
  { given: 'the end of the range', last: '10.100.1.254', then: '10.100.1.1' },
  { given: 'a last one of another range', last: '10.9.9.9', then: '10.100.1.1' },
  { given: 'a range that is not written from its start', range: '10.100.1.77/24', then: '10.100.1.1' },
  { given: 'a range over a byte', range: '10.100.0.0/23', last: '10.100.0.255', then: '10.100.1.0' },
  { given: 'a small range', range: '10.0.0.8/30', taken: ['10.0.0.9'], then: '10.0.0.10' },
])('given $given, $then', ({ range = '10.100.1.0/24', taken = [], last, then }) => {
  expect(nextAddress(range, new Set(taken), last)).toBe(then);
});

test('all addresses are given once, then none is left', () => {
  fc.assert(
    fc.property(fc.integer({ min: 26, max: 30 }), fc.nat(63), (bits, start) => {
      const range = `192.168.3.${String(start)}/${String(bits)}`;
      const taken = new Set<string>();
      let last: string | undefined;
      for (let count = 0; count < 2 ** (32 - bits) - 2; count++) {
        last = nextAddress(range, taken, last);
        expect(taken.has(last)).toBe(false);
        taken.add(last);
      }
      expect(() => nextAddress(range, taken, last)).toThrow(range);
    }),
  );
});
