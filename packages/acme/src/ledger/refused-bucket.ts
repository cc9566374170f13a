import type { CaLimits, RateLimit } from '@gatefleet/ca-limits';
import { AcmeError } from '../errors.ts';
import { newAccountsBucket, newOrdersBucket, type BucketName } from './bucket-name.ts';

export interface RefusedBucket {
  readonly bucket: BucketName;
  /** Until when nothing is to be asked of it, in milliseconds since 1970. */
  readonly until: number;
}

/** What the CA's words are about; the first that matches. `of`: the part of the bucket's name that stands in the words. */
const patterns: readonly { readonly limit: keyof CaLimits; readonly words: RegExp; readonly bucket: string }[] = [
  { limit: 'certificatesPerNameSet', words: /already issued for this exact set/i, bucket: 'name-set' },
  { limit: 'certificatesPerDomain', words: /already issued for "([a-z0-9.-]+)"/i, bucket: 'domain' },
  { limit: 'failedAuthorizations', words: /failed authorizations .*for "([a-z0-9.*-]+)"/i, bucket: 'failed' },
];

/**
 * Which bucket the CA says is empty when it refuses an order. Let's Encrypt names it in its words only; what it does not name is taken for
 * the account's orders as a whole.
 *
 * @param id - of the names that were ordered.
 * @returns undefined for an error that is about no limit.
 * @see https://github.com/letsencrypt/boulder/blob/main/ratelimits/limiter.go (the words)
 */
export function refusedBucket(error: unknown, id: string, limits: CaLimits, now: number): RefusedBucket | undefined {
  if (!(error instanceof AcmeError) || error.code !== 'RATE_LIMITED') return undefined;
  for (const { limit, words, bucket } of patterns) {
    const match = words.exec(error.message);
    if (match === null) continue;
    const name = bucket === 'name-set' ? id : (match[1] ?? '').toLowerCase();
    return { bucket: `${bucket}/${name}`, until: untilOf(error, limits[limit], now) };
  }
  return { bucket: newOrdersBucket, until: untilOf(error, limits.newOrders, now) };
}

/** The same for a refusal of a new account, which is about nothing else. */
export function refusedAccount(error: unknown, limits: CaLimits, now: number): RefusedBucket | undefined {
  if (!(error instanceof AcmeError) || error.code !== 'RATE_LIMITED') return undefined;
  return { bucket: newAccountsBucket, until: untilOf(error, limits.newAccounts, now) };
}

/** A CA that does not say when: one token's time, or a minute where the limit is not known. */
function untilOf({ retryAfter }: AcmeError, limit: RateLimit | undefined, now: number): number {
  if (retryAfter !== undefined) return retryAfter.getTime();
  return Math.ceil(now + (limit === undefined ? 60_000 : limit.windowMs / limit.capacity));
}
