import { expect, test } from '@jest/globals';
import { Pace } from './pace.ts';

/** Orders that each take the CA so long, with the first question of each at the learned time. */
function learn(pace: Pace, tookMs: (index: number) => number, orders: number): number {
  let early = 0;
  for (let index = 0; index < orders; index += 1) {
    const waitedMs = pace.first('validation');
    const isEarly = waitedMs < tookMs(index);
    if (isEarly) early += 1;
    if (isEarly) pace.tooEarly('validation', waitedMs);
    else pace.inTime('validation', waitedMs);
  }
  return early;
}

test.each([50, 400, 2_000])('a CA that takes %i ms is asked about then', (took) => {
  const pace = new Pace();
  learn(pace, () => took, 200);
  expect(pace.first('validation')).toBeGreaterThan(took * 0.9);
  expect(pace.first('validation')).toBeLessThan(took * 1.15);
});

test('of a CA that takes now longer, now shorter, seven of eight first questions are answered', () => {
  const pace = new Pace();
  const tookMs = (index: number) => 200 + ((index * 37) % 100) * 10;
  learn(pace, tookMs, 500);
  expect(learn(pace, tookMs, 1_000)).toBeLessThan(170);
});

test('the other stage is learned by itself', () => {
  const pace = new Pace();
  learn(pace, () => 2_000, 100);
  expect(pace.first('issuance')).toBe(new Pace().first('issuance'));
});

test('a first wait ends at five seconds', () => {
  const pace = new Pace();
  learn(pace, () => 60_000, 200);
  expect(pace.first('validation')).toBe(5_000);
});

test('many orders that waited as long as each other say no more than that', () => {
  const pace = new Pace();
  const waitedMs = pace.first('validation');
  for (let order = 0; order < 100; order += 1) pace.tooEarly('validation', waitedMs);
  expect(pace.first('validation')).toBe(waitedMs * 2);
});
