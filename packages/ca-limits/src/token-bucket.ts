/** So many in a window, given back one by one at even intervals: after `windowMs` an empty bucket is full. */
export interface RateLimit {
  readonly capacity: number;
  readonly windowMs: number;
}

/** What is left of a limit. */
export interface Bucket {
  /** Tokens at `at`; a part of one is on its way back. From 0 to the capacity. */
  readonly tokens: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export type Taken =
  { readonly kind: 'taken'; readonly bucket: Bucket } | { readonly kind: 'wait'; readonly until: number };

export function fullBucket({ capacity }: RateLimit, now: number): Bucket {
  return { tokens: capacity, at: now };
}

/** Milliseconds until one token is given back. */
export function refillMs({ capacity, windowMs }: RateLimit): number {
  return windowMs / capacity;
}

/** The bucket as it is later. A clock that went back gives nothing. */
export function refilled(limit: RateLimit, { tokens, at }: Bucket, now: number): Bucket {
  if (now <= at) return { tokens, at };
  return { tokens: Math.min(limit.capacity, tokens + (now - at) / refillMs(limit)), at: now };
}

/** Sums of fractions end a little below the whole. */
const rounding = 1e-9;

/** Takes one token, or says from when one can be taken. */
export function take(limit: RateLimit, bucket: Bucket, now: number): Taken {
  const { tokens, at } = refilled(limit, bucket, now);
  if (tokens >= 1 - rounding) return { kind: 'taken', bucket: { tokens: Math.max(0, tokens - 1), at } };
  return { kind: 'wait', until: Math.ceil(at + (1 - tokens) * refillMs(limit)) };
}

/**
 * When the `count`-th token from now on can be taken, if all before it are taken as soon as they are there.
 *
 * @param count - at least 1.
 */
export function takenAt(limit: RateLimit, bucket: Bucket, count: number, now: number): number {
  const { tokens, at } = refilled(limit, bucket, now);
  return tokens >= count - rounding ? now : Math.ceil(at + (count - tokens) * refillMs(limit));
}

/** How long it takes at least to take so many from a full bucket, in milliseconds. */
export function timeToTake(limit: RateLimit, count: number): number {
  return Math.max(0, count - limit.capacity) * refillMs(limit);
}
