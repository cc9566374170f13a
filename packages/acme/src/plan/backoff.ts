const MINUTE_MS = 60_000;

/**
 * How soon to try again. `spent`: an attempt at the CA came to nothing, and the CA counts those. `unspent`: the CA was out of reach or
 * busy; asking again costs nothing.
 */
export type Failure = 'spent' | 'unspent';

const LIMITS: Record<Failure, { firstMs: number; lastMs: number }> = {
  spent: { firstMs: MINUTE_MS, lastMs: 360 * MINUTE_MS },
  unspent: { firstMs: 2_000, lastMs: 5 * MINUTE_MS },
};

/**
 * Doubles with each failure in a row, up to the limit, then takes up to a tenth off, so that what failed together is not retried together.
 *
 * @param failures - in a row, this one included; at least 1.
 * @param random - uniform in [0, 1).
 */
export function backoffMs(failure: Failure, failures: number, random: () => number): number {
  const { firstMs, lastMs } = LIMITS[failure];
  const fullMs = Math.min(firstMs * 2 ** Math.min(failures - 1, 30), lastMs);
  return Math.round(fullMs * (1 - random() / 10));
}
