import { letsEncryptLimits, registeredDomain, timeToTake } from '@gatefleet/ca-limits';
import { describe, expect, test } from '@jest/globals';
import { orderNeeds, type BucketName } from '../ledger/bucket-name.ts';
import { affordable, spend, type BucketState } from '../ledger/buckets.ts';
import { FairShare } from './fair-share.ts';
import { countTurn, schedule, type Queued } from './schedule.ts';

const hour = 3_600_000;

function queued(namespace: string, ...names: string[]): Queued {
  return { id: names.join(' '), namespace, needs: orderNeeds(names, letsEncryptLimits) };
}
const many = (count: number, namespace: string, domain: string) =>
  Array.from({ length: count }, (_, index) => queued(namespace, `${namespace}-${index}.${domain}`));

/** Buckets from which so many were taken. */
const taken = (counts: Readonly<Record<string, number>>, at = 0) =>
  new Map(
    Object.entries(counts).map(([bucket, count]): [BucketName, BucketState] => {
      const limit = bucket.startsWith('domain/')
        ? letsEncryptLimits.certificatesPerDomain
        : letsEncryptLimits.newOrders;
      return [bucket, { tokens: limit.capacity - count, at }];
    }),
  );

const options = { buckets: new Map<BucketName, BucketState>(), share: new FairShare(), now: 0 };

test('without limits everybody’s turn is now, namespaces in turns', () => {
  const free = ['a', 'b'].flatMap((namespace) =>
    [1, 2, 3].map((index): Queued => ({ id: `${namespace}${index}`, namespace, needs: [] })),
  );
  expect(schedule(free, options).map(({ id, at }) => [id, at])).toEqual(
    ['a1', 'b1', 'a2', 'b2', 'a3', 'b3'].map((id) => [id, 0]),
  );
});

test('who comes late with few is not behind who came first with many', () => {
  const turns = schedule([...many(100, 'big', 'example.com'), ...many(2, 'small', 'example.com')], options);
  const positions = turns.filter(({ id }) => id.startsWith('small')).map(({ position }) => position);
  expect(Math.max(...positions)).toBeLessThanOrEqual(4);
});

test('who had a turn of late comes after who had none, and nobody saves turns up', () => {
  const share = new FairShare();
  for (let turn = 0; turn < 5; turn += 1) countTurn(share, queued('a', 'other.example.com'));
  const turns = schedule([...many(3, 'a', 'example.com'), ...many(3, 'b', 'example.com')], { ...options, share });
  expect(turns.map(({ id }) => id[0]).join('')).toBe('bababa');
});

test('an empty limit stops what needs it and nothing else, and tells when', () => {
  const buckets = taken({ 'domain/example.com': 50 });
  const turns = schedule([...many(2, 'a', 'example.com'), ...many(1, 'b', 'example.org')], { ...options, buckets });
  expect(turns).toEqual([
    { id: 'b-0.example.org', position: 1, at: 0, bucket: undefined },
    { id: 'a-0.example.com', position: 2, at: 3.36 * hour, bucket: 'domain/example.com' },
    { id: 'a-1.example.com', position: 3, at: 2 * 3.36 * hour, bucket: 'domain/example.com' },
  ]);
});

test('what the account has no orders left for waits for those, in the same order', () => {
  const turns = schedule(many(3, 'a', 'example.com'), { ...options, buckets: taken({ 'new-orders': 299 }) });
  expect(turns.map(({ at, bucket }) => [at, bucket])).toEqual([
    [0, undefined],
    [36_000, 'new-orders'],
    [72_000, 'new-orders'],
  ]);
});

test('names that failed too often wait until one more failure is allowed', () => {
  const buckets = new Map([['failed/a.example.com', { tokens: 0, at: 0 }]]);
  expect(schedule([queued('a', 'a.example.com', 'b.example.com')], { ...options, buckets })).toEqual([
    { id: 'a.example.com b.example.com', position: 1, at: 12 * 60_000, bucket: 'failed/a.example.com' },
  ]);
});

test('what the CA itself stopped waits as long as it said', () => {
  const buckets = new Map([['domain/example.com', { tokens: 20, at: 0, blockedUntil: hour }]]);
  expect(schedule(many(1, 'a', 'example.com'), { ...options, buckets })[0]?.at).toBe(hour);
});

interface Started {
  readonly item: Queued;
  readonly at: number;
}

/** Orders all of them by a clock of its own, which stands still while something may be ordered. */
function simulated(all: readonly Queued[]): readonly Started[] {
  const started: Started[] = [];
  const buckets = new Map<BucketName, BucketState>();
  const share = new FairShare();
  let waiting = all;
  let now = 0;
  while (waiting.length > 0) {
    const byId = new Map(waiting.map((item) => [item.id, item]));
    const turns = schedule(waiting, { buckets, share, now });
    for (const { id } of turns.filter(({ at }) => at <= now)) {
      const item = byId.get(id)!;
      if (affordable(buckets, item.needs, now).kind !== 'now') throw new Error(`${id} was given a turn too early`);
      for (const [bucket, state] of spend(buckets, item.needs, now)) buckets.set(bucket, state);
      countTurn(share, item);
      started.push({ item, at: now });
      byId.delete(id);
    }
    waiting = [...byId.values()];
    // Looking but once in a while is allowed: no bucket is full meanwhile.
    now = Math.max(now + hour, Math.min(...turns.filter(({ at }) => at > now).map(({ at }) => at)));
  }
  return started;
}

/** Namespaces that waited for more orders than if all had taken turns: as many of each other as it has itself, and one round more. */
function lateNamespaces(group: readonly Started[]): readonly string[] {
  const sizes = new Map([...Map.groupBy(group, ({ item }) => item.namespace)].map(([name, own]) => [name, own.length]));
  return [...sizes].flatMap(([namespace, size]) => {
    const share = [...sizes.values()].reduce((sum, other) => sum + Math.min(other, size), 0);
    const last = group.findLastIndex(({ item }) => item.namespace === namespace) + 1;
    return last <= share + sizes.size ? [] : [`${namespace}: ${last} where ${share} are its share`];
  });
}

describe('10,000 hosts over 80 registered domains, by a clock of its own', () => {
  const domains = Array.from({ length: 80 }, (_, index) => `team${index}.com`);
  // Of each domain 95 hosts are one namespace's, and ten each three others'.
  const all = domains.flatMap((domain, index) => [
    ...many(95, `big${index}`, domain),
    ...['x', 'y', 'z'].flatMap((name) => many(10, `${name}${index % 20}`, domain)),
  ]);
  const domainOf = (item: Queued) => registeredDomain(item.id);
  const started = simulated(all);

  test('are ordered in the least time that the limits allow', () => {
    expect(started).toHaveLength(10_000);
    const least = Math.max(
      timeToTake(letsEncryptLimits.newOrders, all.length),
      timeToTake(letsEncryptLimits.certificatesPerDomain, all.length / domains.length),
    );
    expect(started.at(-1)!.at).toBeLessThanOrEqual(least * 1.05);
  });

  test('exceed no limit at any instant', () => {
    const windows = [
      { limit: letsEncryptLimits.newOrders, groups: [started] },
      {
        limit: letsEncryptLimits.certificatesPerDomain,
        groups: [...Map.groupBy(started, ({ item }) => domainOf(item)).values()],
      },
    ];
    for (const { limit, groups } of windows) {
      for (const group of groups) {
        const times = group.map(({ at }) => at);
        // Any stretch that begins and ends with an order holds at most the capacity and what came back meanwhile.
        const backEach = limit.windowMs / limit.capacity;
        let highest = -Infinity;
        const excess = times.map((at, index) => {
          highest = Math.max(highest, at / backEach - index);
          return index + 1 + highest - at / backEach;
        });
        expect(Math.max(...excess)).toBeLessThanOrEqual(limit.capacity + 1e-6);
      }
    }
  });

  test('wait no longer for a namespace than if all took turns in its domain', () => {
    const byDomain = [...Map.groupBy(started, ({ item }) => domainOf(item)).values()];
    expect(byDomain).toHaveLength(80);
    expect(byDomain.flatMap(lateNamespaces)).toEqual([]);
  });
});

test('a thousand hosts of one namespace delay nobody beyond his turn where all share the orders of the account', () => {
  const big = Array.from({ length: 25 }, (_, index) => many(40, 'big', `big${index}.com`)).flat();
  const small = Array.from({ length: 40 }, (_, index) => many(25, `small${index}`, `small${index}.com`)).flat();
  const started = simulated([...big, ...small]);
  expect(started).toHaveLength(2_000);
  expect(lateNamespaces(started)).toEqual([]);
  const least = timeToTake(letsEncryptLimits.newOrders, started.length);
  expect(started.at(-1)!.at).toBeLessThanOrEqual(least * 1.05);
});
