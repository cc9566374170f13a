import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { letsEncryptLimits } from './lets-encrypt.ts';
import { registeredDomain } from './registered-domain.ts';
import { limitsOf } from './limits-of.ts';
import { fullBucket, refillMs, take, takenAt, timeToTake, type RateLimit } from './token-bucket.ts';

test.each([
  ['newAccounts', 18 * 60],
  ['newOrders', 36],
  ['certificatesPerDomain', 201.6 * 60],
  ['certificatesPerNameSet', 33.6 * 3600],
  ['failedAuthorizations', 12 * 60],
] as const)('one of %s comes back every %d seconds', (name, seconds) => {
  expect(refillMs(letsEncryptLimits[name])).toBeCloseTo(seconds * 1000);
});

test.each([
  ['shop.example.com', 'example.com'],
  ['*.example.co.uk', 'example.co.uk'],
  ['a.b.github.io', 'b.github.io'],
  ['github.io', 'github.io'],
  ['localhost', 'localhost'],
])('%s counts under %s', (host, domain) => {
  expect(registeredDomain(host)).toBe(domain);
});

test('a CA that nothing is known of has no limits', () => {
  expect(limitsOf('https://ca.example/dir')).toEqual({});
  expect(limitsOf('https://acme-v02.api.letsencrypt.org/directory')).toBe(letsEncryptLimits);
});

const anyLimit: fc.Arbitrary<RateLimit> = fc.record({
  capacity: fc.integer({ min: 1, max: 50 }),
  windowMs: fc.integer({ min: 1_000, max: 10_000_000 }),
});

describe('a bucket', () => {
  test('never gives more than its capacity and what came back in any span of time', () => {
    fc.assert(
      fc.property(anyLimit, fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 200 }), (limit, gaps) => {
        let now = 0;
        let bucket = fullBucket(limit, now);
        const times: number[] = [];
        for (const gap of gaps) {
          now += gap;
          const result = take(limit, bucket, now);
          if (result.kind === 'wait') {
            expect(result.until).toBeGreaterThan(now);
            continue;
          }
          ({ bucket } = result);
          times.push(now);
        }
        for (const [from, start] of times.entries()) {
          for (const [to, end] of times.entries()) {
            if (to < from) continue;
            expect(to - from + 1).toBeLessThanOrEqual(limit.capacity + (end - start) / refillMs(limit) + 1e-6);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('gives one at the time it said', () => {
    fc.assert(
      fc.property(anyLimit, fc.nat(60), (limit, count) => {
        let now = 0;
        let bucket = fullBucket(limit, now);
        for (let i = 0; i < count; i += 1) {
          let result = take(limit, bucket, now);
          if (result.kind === 'wait') {
            now = result.until;
            result = take(limit, bucket, now);
          }
          expect(result.kind).toBe('taken');
          if (result.kind === 'taken') ({ bucket } = result);
        }
        // Whole milliseconds are waited, so each wait may be a little longer.
        expect(now).toBeGreaterThanOrEqual(Math.floor(timeToTake(limit, count)));
        expect(now).toBeLessThanOrEqual(timeToTake(limit, count) + count);
      }),
    );
  });

  test('tells for every token to come when it is there', () => {
    fc.assert(
      fc.property(anyLimit, fc.integer({ min: 1, max: 80 }), fc.nat(60), (limit, count, before) => {
        let bucket = fullBucket(limit, 0);
        for (let i = 0; i < before; i += 1) {
          const result = take(limit, bucket, 0);
          if (result.kind === 'taken') ({ bucket } = result);
        }
        const told = takenAt(limit, bucket, count, 0);
        let now = 0;
        for (let i = 0; i < count; i += 1) {
          let result = take(limit, bucket, now);
          if (result.kind === 'wait') {
            now = result.until;
            result = take(limit, bucket, now);
          }
          if (result.kind === 'taken') ({ bucket } = result);
        }
        expect(Math.abs(now - told)).toBeLessThanOrEqual(count);
      }),
    );
  });
});
