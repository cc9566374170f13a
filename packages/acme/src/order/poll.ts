import { AcmeError } from '../errors.ts';
import type { Stage } from './pace.ts';
import type { RunContext } from './run-context.ts';

const SHORTEST_MS = 100;
const GROWTH = 1.5;
const LONGEST_MS = 5_000;

export interface Poll {
  /**
   * Waits at first as long as the CA takes as a rule, then a little longer each time, and at least until `retryAfter`.
   * @throws AcmeError `TIMED_OUT` at once when that is later than the run may last.
   */
  wait(doing: string, retryAfter: Date | undefined): Promise<void>;
  /** The CA is done with what was waited for, and the next is waited for, if there is one. */
  reached(next?: Stage): void;
}

export function createPoll({
  clock,
  orderTimeoutMs,
  pace,
  signal,
}: Pick<RunContext, 'clock' | 'orderTimeoutMs' | 'pace' | 'signal'>): Poll {
  let stage: Stage = 'validation';
  let waits = 0;
  let firstMs = pace.first(stage);
  let stepMs = firstMs;
  return {
    async wait(doing, retryAfter) {
      const askedMs = retryAfter === undefined ? 0 : retryAfter.getTime() - clock.now().getTime();
      if (askedMs > orderTimeoutMs) throw new AcmeError('TIMED_OUT', doing, { retryAfter });
      if (waits === 1) {
        pace.tooEarly(stage, firstMs);
        // By what the orders beside this one have learned meanwhile.
        stepMs = Math.max(pace.first(stage) / 2, SHORTEST_MS);
      }
      waits += 1;
      await clock.sleep(Math.max(stepMs, askedMs), signal);
      if (waits > 1) stepMs = Math.min(stepMs * GROWTH, LONGEST_MS);
    },
    reached(next = stage) {
      if (waits === 1) pace.inTime(stage, firstMs);
      stage = next;
      waits = 0;
      firstMs = pace.first(stage);
      stepMs = firstMs;
    },
  };
}
