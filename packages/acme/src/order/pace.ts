/** What a CA takes its time for. */
export type Stage = 'validation' | 'issuance';

const SHORTEST_MS = 50;
const BEGIN_MS = 250;
const LONGEST_MS = 5_000;
/** About seven of eight first questions get the answer: a step that came too early is undone by seven that did not. */
const LONGER = 1.15;
const SHORTER = 0.98;
/** Many orders at once tell the same thing: together they change what they waited for by this factor at most. */
const MOST = 2;

/**
 * How long a CA takes for each stage, learned from its orders, so that it is asked once rather than over and over: a busy CA is not made
 * busier, and a quick one is not waited for.
 */
export class Pace {
  readonly #ms: Record<Stage, number> = { validation: BEGIN_MS, issuance: BEGIN_MS };

  /** How long to wait before the CA is asked first, in milliseconds. */
  first(stage: Stage): number {
    return this.#ms[stage];
  }

  /** The first question, after `waitedMs`, came before the CA was done. */
  tooEarly(stage: Stage, waitedMs: number): void {
    const known = this.#ms[stage];
    this.#ms[stage] = Math.min(known * LONGER, Math.max(known, waitedMs * MOST), LONGEST_MS);
  }

  /** The first question, after `waitedMs`, was answered. */
  inTime(stage: Stage, waitedMs: number): void {
    const known = this.#ms[stage];
    this.#ms[stage] = Math.max(known * SHORTER, Math.min(known, waitedMs / MOST), SHORTEST_MS);
  }
}
