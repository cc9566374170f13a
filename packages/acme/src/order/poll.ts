import { AcmeError } from '../errors.ts';
import type { RunContext } from './run-context.ts';

const FIRST_MS = 100;
const GROWTH = 1.5;
const LONGEST_MS = 5_000;

export interface Poll {
  /**
   * Waits a little longer each time, and at least until `retryAfter`.
   * @throws AcmeError `TIMED_OUT` at once when that is later than the run may last.
   */
  wait(doing: string, retryAfter: Date | undefined): Promise<void>;
  /** Something happened: short waits again. */
  restart(): void;
}

export function createPoll({
  clock,
  orderTimeoutMs,
  signal,
}: Pick<RunContext, 'clock' | 'orderTimeoutMs' | 'signal'>): Poll {
  let stepMs = FIRST_MS;
  return {
    async wait(doing, retryAfter) {
      const askedMs = retryAfter === undefined ? 0 : retryAfter.getTime() - clock.now().getTime();
      if (askedMs > orderTimeoutMs) throw new AcmeError('TIMED_OUT', doing, { retryAfter });
      await clock.sleep(Math.max(stepMs, askedMs), signal);
      stepMs = Math.min(stepMs * GROWTH, LONGEST_MS);
    },
    restart() {
      stepMs = FIRST_MS;
    },
  };
}
