import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { instantIn } from './renewal-window.ts';

const window = { start: '2026-03-01T00:00:00.000Z', end: '2026-03-03T00:00:00.000Z' };

test('the same certificate and window always give the same instant, another of either another', () => {
  const instant = instantIn(window, 'a.b');
  expect(instantIn({ ...window }, 'a.b')).toEqual(instant);
  expect(instantIn(window, 'a.c')).not.toEqual(instant);
  expect(instantIn({ ...window, end: '2026-03-03T00:00:01.000Z' }, 'a.b')).not.toEqual(instant);
});

test('the instant is in the window', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(1e9), fc.integer({ min: 1, max: 1e9 }), (id, from, length) => {
      const [start, end] = [new Date(from), new Date(from + length)];
      const instant = instantIn({ start: start.toISOString(), end: end.toISOString() }, id);
      expect(instant.getTime()).toBeGreaterThanOrEqual(start.getTime());
      expect(instant.getTime()).toBeLessThan(end.getTime());
    }),
  );
});

test('the instants of many certificates spread evenly', () => {
  const start = Date.parse(window.start);
  const tenths = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i += 1) {
    const fraction = (instantIn(window, `key.${String(i)}`).getTime() - start) / (Date.parse(window.end) - start);
    const tenth = Math.floor(fraction * 10);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  // Five standard deviations of a fair draw: the input is fixed, so this never varies.
  for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});
