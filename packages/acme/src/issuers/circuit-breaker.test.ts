import { expect, test } from '@jest/globals';
import { CircuitBreaker } from './circuit-breaker.ts';

const minute = 60_000;

function opened(): CircuitBreaker {
  const breaker = new CircuitBreaker();
  for (let i = 0; i < 8; i += 1) breaker.failed(0);
  return breaker;
}

test('seven failures in a row are no reason to stop; the eighth is, for a minute', () => {
  const breaker = new CircuitBreaker();
  for (let i = 0; i < 7; i += 1) breaker.failed(0);
  expect(breaker.closedUntil(0)).toBeUndefined();
  breaker.failed(0);
  expect(breaker.closedUntil(0)).toBe(minute);
  expect(breaker.closedUntil(minute)).toBeUndefined();
});

test('an answer in between begins the count anew', () => {
  const breaker = new CircuitBreaker();
  for (let i = 0; i < 20; i += 1) {
    breaker.failed(0);
    if (i % 7 === 6) breaker.answered();
  }
  expect(breaker.closedUntil(0)).toBeUndefined();
});

test('after the rest one order tries, and all others wait for it', () => {
  const breaker = opened();
  breaker.begin();
  expect(breaker.closedUntil(minute)).toBe(2 * minute);
  breaker.answered();
  expect(breaker.closedUntil(minute)).toBeUndefined();
});

test('each trial that fails doubles the rest, up to half an hour', () => {
  const breaker = opened();
  let now = minute;
  const rests = Array.from({ length: 7 }, () => {
    breaker.begin();
    breaker.failed(now);
    const rest = (breaker.closedUntil(now) ?? 0) - now;
    now += rest;
    return rest / minute;
  });
  expect(rests).toEqual([2, 4, 8, 16, 30, 30, 30]);
});

test('what was under way when it opened does not prolong the rest', () => {
  const breaker = opened();
  breaker.failed(30_000);
  expect(breaker.closedUntil(30_000)).toBe(minute);
});

test('a trial that never asked the CA lets the next one try', () => {
  const breaker = opened();
  breaker.begin();
  breaker.undecided();
  expect(breaker.closedUntil(minute)).toBeUndefined();
});
