import { fullBucket, refilled, takenAt, type RateLimit } from '@gatefleet/ca-limits';
import { z } from 'zod';
import type { BucketName, Need } from './bucket-name.ts';

/** What is known of one bucket at a CA. Times are milliseconds since 1970. */
export const BucketState = z.object({
  tokens: z.number().nonnegative(),
  at: z.number().int().nonnegative(),
  /** The CA itself said that nothing is left until then. */
  blockedUntil: z.number().int().nonnegative().optional(),
});
export type BucketState = z.infer<typeof BucketState>;

/** What was spent, by bucket. One that is not there is full. */
export type Buckets = ReadonlyMap<BucketName, BucketState>;

export type Affordable =
  | { readonly kind: 'now' }
  /** `bucket` is the one that is there last. */
  | { readonly kind: 'later'; readonly until: number; readonly bucket: BucketName };

/** When the `ahead + 1`-th token from now is there. */
export function tokenAt(buckets: Buckets, { bucket, limit }: Need, ahead: number, now: number): number {
  const state = buckets.get(bucket);
  const at = takenAt(limit, state ?? fullBucket(limit, now), ahead + 1, now);
  return Math.max(at, state?.blockedUntil ?? 0);
}

export function affordable(buckets: Buckets, needs: readonly Need[], now: number): Affordable {
  let latest: Affordable = { kind: 'now' };
  for (const need of needs) {
    const until = tokenAt(buckets, need, 0, now);
    if (until > now && (latest.kind === 'now' || until > latest.until)) {
      latest = { kind: 'later', until, bucket: need.bucket };
    }
  }
  return latest;
}

/** The buckets that an order changes, as they are after it. Where nothing is left, nothing is what stays. */
export function spend(buckets: Buckets, needs: readonly Need[], now: number): Map<BucketName, BucketState> {
  return new Map(
    needs
      .filter(({ isSpent }) => isSpent)
      .map(({ bucket, limit }) => [bucket, takeOne(buckets.get(bucket), limit, now)]),
  );
}

export function takeOne(state: BucketState | undefined, limit: RateLimit, now: number): BucketState {
  const { tokens, at } = refilled(limit, state ?? fullBucket(limit, now), now);
  const left = { tokens: Math.max(0, tokens - 1), at };
  return isBlocked(state, now) ? { ...left, blockedUntil: state.blockedUntil } : left;
}

/** The same buckets, where the CA turned out not to have counted what was spent. One that is not there is full. */
export function giveBack(buckets: Buckets, needs: readonly Need[], now: number): Map<BucketName, BucketState> {
  return new Map(
    needs.flatMap(({ bucket, limit, isSpent }) => {
      const state = buckets.get(bucket);
      if (!isSpent || state === undefined) return [];
      const { tokens, at } = refilled(limit, state, now);
      return [[bucket, { ...state, tokens: Math.min(limit.capacity, tokens + 1), at }]];
    }),
  );
}

/** The CA says that nothing is left until then, and so that one is there then: somebody else orders by the same limit. */
export function blocked(state: BucketState | undefined, until: number): BucketState {
  const blockedUntil = Math.max(until, state?.blockedUntil ?? 0);
  return { tokens: 1, at: blockedUntil, blockedUntil };
}

/** Whether it need not be kept: it is as full as one that nobody took from. */
export function isFull(state: BucketState, limit: RateLimit, now: number): boolean {
  return !isBlocked(state, now) && refilled(limit, state, now).tokens >= limit.capacity;
}

function isBlocked(
  state: BucketState | undefined,
  now: number,
): state is BucketState & { readonly blockedUntil: number } {
  return state?.blockedUntil !== undefined && state.blockedUntil > now;
}
