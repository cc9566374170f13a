import { setTimeout as delay } from 'node:timers/promises';

export interface Clock {
  now(): Date;
  /** @throws the signal's reason when aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  async sleep(milliseconds, signal) {
    signal.throwIfAborted();
    await delay(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
  },
};
