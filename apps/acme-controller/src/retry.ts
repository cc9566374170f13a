import { setTimeout as sleep } from 'node:timers/promises';

export interface RetryOptions {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly isRetryable: (error: unknown) => boolean;
  /** Told of each failure that is retried. */
  readonly onRetry: (error: unknown, inMs: number) => void;
  readonly signal: AbortSignal;
}

/** Tries until it works, with pauses that double. @throws the first error that is not retryable, or the signal's reason */
export async function retry<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let pauseMs = options.firstMs; ; pauseMs = Math.min(pauseMs * 2, options.lastMs)) {
    options.signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      options.signal.throwIfAborted();
      if (!options.isRetryable(error)) throw error;
      const inMs = Math.round(pauseMs * (1 - Math.random() / 4));
      options.onRetry(error, inMs);
      await sleep(inMs, undefined, { signal: options.signal });
    }
  }
}

export interface RetryForOptions extends RetryOptions {
  readonly seconds: number;
}

/** {@link retry} for so long. `attempt` is given the signal that ends with it. @throws what was wrong at last, when the time is over */
export async function retryFor<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  { seconds, signal, onRetry, ...options }: RetryForOptions,
): Promise<T> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1_000)]);
  let last: unknown;
  try {
    return await retry(() => attempt(bounded), {
      ...options,
      onRetry: (error, inMs) => {
        last = error;
        onRetry(error, inMs);
      },
      signal: bounded,
    });
  } catch (error) {
    throw bounded.aborted && !signal.aborted && last !== undefined ? last : error;
  }
}
