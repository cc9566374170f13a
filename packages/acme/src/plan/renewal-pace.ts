/** A certificate that is due for renewal. */
export interface DueRenewal {
  readonly id: string;
  /** ISO 8601. */
  readonly notAfter: string;
}

/** Renewals that may begin together. */
const AT_ONCE = 10;
/** From one renewal to the next beyond those. 10,000 certificates take not three hours. */
const STEP_MS = 1_000;
/** Nobody waits longer than for this part of the life that is left. */
const MOST_OF_LIFE = 1 / 10;

/**
 * Spreads renewals that fall due together: after an outage, after a step of the clock, or because they were issued together. Those that end
 * first go first. Valid for one leadership term. Times are milliseconds since 1970.
 */
export class RenewalPace {
  readonly #beginAt = new Map<string, number>();
  readonly #stepMs: number;
  /** When the one after all that were given a time could begin. */
  #next = -Infinity;

  /** @param haste - how many times faster each follows the one before */
  constructor(haste = 1) {
    this.#stepMs = STEP_MS / haste;
  }

  /**
   * When each may begin; what is known from before keeps its time.
   *
   * @param due - all that are due now, the first to end first.
   */
  beginAt(due: readonly DueRenewal[], now: number): ReadonlyMap<string, number> {
    const ids = new Set(due.map(({ id }) => id));
    for (const id of this.#beginAt.keys()) if (!ids.has(id)) this.#beginAt.delete(id);
    // Also where the clock has gone back.
    if (this.#beginAt.size === 0 || this.#next < now) this.#next = now;
    for (const { id, notAfter } of due) {
      if (this.#beginAt.has(id)) continue;
      const inTurn = Math.max(now, this.#next - (AT_ONCE - 1) * this.#stepMs);
      const latest = now + Math.max(0, Date.parse(notAfter) - now) * MOST_OF_LIFE;
      this.#beginAt.set(id, Math.min(inTurn, Math.floor(latest)));
      this.#next += this.#stepMs;
    }
    return this.#beginAt;
  }
}
