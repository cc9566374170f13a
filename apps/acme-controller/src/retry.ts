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
