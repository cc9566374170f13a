/** Remembers that something happened until somebody waits for it; several times count as one. */
export class Wake {
  #isSet = false;
  #resolve: (() => void) | undefined;

  readonly set = (): void => {
    this.#isSet = true;
    this.#resolve?.();
  };

  /** Comes back when it was set since last time, after `milliseconds` (undefined: never), or when aborted. */
  async wait(milliseconds: number | undefined, signal: AbortSignal): Promise<void> {
    if (!this.#isSet && !signal.aborted) {
      const { promise, resolve: done } = Promise.withResolvers<void>();
      const resolve = () => done();
      this.#resolve = resolve;
      signal.addEventListener('abort', resolve, { once: true });
      const timer = milliseconds === undefined ? undefined : setTimeout(resolve, Math.min(milliseconds, MAX_TIMER_MS));
      await promise;
      clearTimeout(timer);
      signal.removeEventListener('abort', resolve);
      this.#resolve = undefined;
    }
    this.#isSet = false;
  }
}

/** Timers overflow at 2^31 ms; waking once a day for nothing does no harm. */
const MAX_TIMER_MS = 86_400_000;
