import { letsEncryptLimits } from '@gatefleet/ca-limits';
import { describe, expect, test } from '@jest/globals';
import { AcmeError } from '../errors.ts';
import { certificateId } from '../keys/certificate-id.ts';
import type { BucketName } from './bucket-name.ts';
import type { BucketState } from './buckets.ts';
import { Ledger, type LedgerStore } from './ledger.ts';
import { refusedBucket } from './refused-bucket.ts';

/** A fake store in memory, which can be made to fail. */
class MemoryLedgerStore implements LedgerStore {
  readonly buckets = new Map<BucketName, BucketState>();
  writes = 0;
  failure: Error | 'lost-leadership' | undefined;

  load() {
    return Promise.resolve(new Map(this.buckets));
  }

  async write(changes: ReadonlyMap<BucketName, BucketState | undefined>) {
    await Promise.resolve();
    this.writes += 1;
    if (this.failure === 'lost-leadership') return this.failure;
    if (this.failure !== undefined) throw this.failure;
    for (const [bucket, state] of changes) {
      if (state === undefined) this.buckets.delete(bucket);
      else this.buckets.set(bucket, state);
    }
    return 'written' as const;
  }
}

let now = 0;
const clock = { now: () => new Date(now), sleep: () => Promise.resolve() };
const hour = 3_600_000;

async function open(store = new MemoryLedgerStore(), limits: Ledger['limits'] = letsEncryptLimits) {
  now = 1_000 * hour;
  const { signal } = new AbortController();
  const ledger = await Ledger.open({ store, limits, clock, signal });
  return { store, ledger, reserve: (...names: string[]) => ledger.reserve(ledger.needsOf(names)) };
}

test('an order is counted for the account, each registered domain and its set of names, and written before it is allowed', async () => {
  const { store, reserve } = await open();
  expect(await reserve('a.example.com', 'b.example.com', 'c.example.org')).toEqual({ kind: 'now' });
  expect(new Map([...store.buckets].map(([bucket, { tokens }]) => [bucket, tokens]))).toEqual(
    new Map([
      ['new-orders', 299],
      ['domain/example.com', 49],
      ['domain/example.org', 49],
      [`name-set/${certificateId(['a.example.com', 'b.example.com', 'c.example.org'])}`, 4],
    ]),
  );
});

test('the sixth order for one set of names in a week is told when, and spends nothing', async () => {
  const { store, reserve } = await open();
  for (let i = 0; i < 5; i += 1) expect(await reserve('a.example.com')).toEqual({ kind: 'now' });
  const { writes } = store;
  expect(await reserve('a.example.com')).toEqual({
    kind: 'later',
    until: now + 33.6 * hour,
    bucket: `name-set/${certificateId(['a.example.com'])}`,
  });
  expect(store.writes).toBe(writes);
});

test('many reservations at once are few writes', async () => {
  const { store, reserve } = await open();
  await Promise.all(Array.from({ length: 40 }, (_, index) => reserve(`h${index}.example${index}.com`)));
  expect(store.buckets.get('new-orders')?.tokens).toBe(260);
  expect(store.writes).toBeLessThanOrEqual(2);
});

test('the next leader knows what the last one spent', async () => {
  const { store, reserve } = await open();
  await reserve('a.example.com');
  const { ledger } = await open(store);
  expect(ledger.buckets.get('new-orders')?.tokens).toBe(299);
});

test('a write that failed is written with the next one', async () => {
  const { store, reserve } = await open();
  store.failure = new Error('the store is away');
  await expect(reserve('a.example.com')).rejects.toThrow('the store is away');
  store.failure = undefined;
  await reserve('b.example.com');
  expect(store.buckets.get('new-orders')?.tokens).toBe(298);
});

test('who no longer leads spends nothing', async () => {
  const { store, reserve } = await open();
  store.failure = 'lost-leadership';
  await expect(reserve('a.example.com')).rejects.toMatchObject({ kind: 'lost-leadership' });
});

test('a CA without limits counts nothing', async () => {
  const { store, reserve } = await open(undefined, {});
  expect(await reserve('a.example.com')).toEqual({ kind: 'now' });
  expect(store.writes).toBe(0);
});

test('names that failed five times in an hour wait', async () => {
  const { ledger, reserve } = await open();
  for (let i = 0; i < 5; i += 1) await ledger.countFailure('a.example.com');
  expect(await reserve('a.example.com', 'b.example.com')).toMatchObject({
    until: now + 720_000,
    bucket: 'failed/a.example.com',
  });
  expect(await reserve('b.example.com')).toEqual({ kind: 'now' });
});

test('what the CA did not count after all is there again, and no more than there was', async () => {
  const { store, ledger } = await open();
  const needs = ledger.needsOf(['a.example.com']);
  await ledger.spend(needs);
  await ledger.spend(needs);
  await ledger.giveBack(needs);
  expect(store.buckets.get('new-orders')?.tokens).toBe(299);
  expect(store.buckets.get('domain/example.com')?.tokens).toBe(49);
  for (const _twice of [1, 2]) await ledger.giveBack(needs);
  // One that is full need not be kept.
  expect(store.buckets.get('new-orders')?.tokens ?? 300).toBe(300);
});

test('the eleventh account in three hours is not asked for, and the next is told when', async () => {
  const { ledger, store } = await open();
  for (let i = 0; i < 10; i += 1) await ledger.reserveAccount();
  expect(store.buckets.get('new-accounts')?.tokens).toBe(0);
  await expect(ledger.reserveAccount()).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    retryAfter: new Date(now + 0.3 * hour),
  });
});

test('a refusal of an account stops accounts, and no orders', async () => {
  const { ledger, reserve } = await open();
  const retryAfter = new Date(now + 2 * hour);
  const words = 'too many new registrations (10) from this IP address in the last 3h0m0s';
  await ledger.heedAccount(new AcmeError('RATE_LIMITED', words, { retryAfter }));
  await expect(ledger.reserveAccount()).rejects.toMatchObject({ retryAfter });
  expect(await reserve('a.example.com')).toEqual({ kind: 'now' });
});

test('what is full again is removed from the store', async () => {
  const { store, reserve } = await open();
  await reserve('a.example.com');
  now += 8 * 24 * hour;
  await reserve('c.example.org');
  expect([...store.buckets.keys()].toSorted()).toEqual(
    ['domain/example.org', `name-set/${certificateId(['c.example.org'])}`, 'new-orders'].toSorted(),
  );
});

describe('a refusal by the CA', () => {
  const limited = (message: string, retryAfter?: Date) => new AcmeError('RATE_LIMITED', message, { retryAfter });
  const later = new Date(5 * hour);
  test.each([
    ['too many certificates (50) already issued for "example.com" in the last 168h0m0s', 'domain/example.com'],
    ['too many certificates (5) already issued for this exact set of identifiers in the last 168h0m0s', 'name-set/id'],
    ['too many failed authorizations (5) for "a.example.com" in the last 1h0m0s', 'failed/a.example.com'],
    ['too many new orders (300) from this account in the last 3h0m0s', 'new-orders'],
    ['slow down', 'new-orders'],
  ])('%s stops %s', (message, bucket) => {
    const error = limited(`ordering a certificate for x: rateLimited ${message}, retry after …`, later);
    expect(refusedBucket(error, 'id', letsEncryptLimits, 0)).toEqual({ bucket, until: later.getTime() });
  });

  test('without a time holds for one token’s time', () => {
    expect(refusedBucket(limited('too many new orders'), 'id', letsEncryptLimits, 0)?.until).toBe(36_000);
    expect(refusedBucket(limited('too many new orders'), 'id', {}, 0)?.until).toBe(60_000);
  });

  test('for another reason stops nothing', () => {
    expect(refusedBucket(new AcmeError('REFUSED', 'no'), 'id', letsEncryptLimits, 0)).toBeUndefined();
  });

  test('stops its bucket and no other, until the time that it said', async () => {
    const { ledger, reserve } = await open();
    const until = new Date(now + 2 * hour);
    await ledger.heed(limited('already issued for "example.com" in the last 168h0m0s', until), 'id');
    expect(await reserve('a.example.com')).toEqual({
      kind: 'later',
      until: until.getTime(),
      bucket: 'domain/example.com',
    });
    expect(await reserve('a.example.org')).toEqual({ kind: 'now' });
    now = until.getTime();
    expect(await reserve('a.example.com')).toEqual({ kind: 'now' });
    expect(await reserve('a.example.com')).toMatchObject({ kind: 'later', until: now + 3.36 * hour });
  });
});
