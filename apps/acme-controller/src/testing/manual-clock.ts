import type { Clock } from '@gatefleet/acme';

/** A fake: time that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now: number;
  readonly #sleeping = new Set<{ readonly until: number; readonly wake: () => void }>();

  constructor(now: Date) {
    this.#now = now.getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sleeper = { until: this.#now + milliseconds, wake: resolve };
    this.#sleeping.add(sleeper);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    return promise;
  }

  /** Moves on, and lets what waited for it run as far as it comes without more time. */
  async pass(milliseconds: number): Promise<void> {
    this.#now += milliseconds;
    for (const sleeper of this.#sleeping) {
      if (sleeper.until > this.#now) continue;
      this.#sleeping.delete(sleeper);
      sleeper.wake();
    }
    await settled();
  }
}

/** Comes back when everything has run that needs neither time nor input. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}
