import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './ports.ts';

export const systemClock: Clock = {
  now: () => new Date(),
  async sleep(milliseconds, signal) {
    signal.throwIfAborted();
    await delay(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
  },
};
