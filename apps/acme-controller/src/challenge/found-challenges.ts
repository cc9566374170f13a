import type { ChallengeRecord } from '@gatefleet/acme';

type Load = (token: string, signal: AbortSignal) => Promise<ChallengeRecord | undefined>;

/** A CA looks from several places within seconds of each other, once every gateway was asked for the same. */
const KEPT_MS = 30_000;
const MOST_KEPT = 1_000;

/**
 * Keeps what was found for a moment, for a token's answer never changes: the store is read once for all that ask, and need not be there for
 * the second. What was not found is looked for each time, so that a replica answers as soon as it was written.
 *
 * @param nowMs - a clock that is never set back
 */
export function keepFound(load: Load, nowMs: () => number): Load {
  const kept = new Map<string, { readonly foundAt: number; readonly challenge: ChallengeRecord }>();
  return async (token, signal) => {
    const known = kept.get(token);
    if (known !== undefined && nowMs() - known.foundAt < KEPT_MS) return known.challenge;
    kept.delete(token);
    const challenge = await load(token, signal);
    if (challenge === undefined) return undefined;
    const [oldest] = kept.keys();
    if (oldest !== undefined && kept.size >= MOST_KEPT) kept.delete(oldest);
    kept.set(token, { foundAt: nowMs(), challenge });
    return challenge;
  };
}
