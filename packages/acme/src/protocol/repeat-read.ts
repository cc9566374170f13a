import { AcmeError } from '../errors.ts';
import type { Clock } from '../ports.ts';

/** Pauses before a read is sent again, in milliseconds. */
const PAUSES_MS = [100, 300, 900, 2_000];

/**
 * Sends a read again that got no answer, or a broken one: it changes nothing at the CA, and giving up an order's run for it costs more
 * requests. Not where the CA says when it wants to be asked.
 */
export async function repeatRead<T>(read: () => Promise<T>, clock: Clock, signal: AbortSignal): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await read();
    } catch (error) {
      if (!isLost(error)) throw error;
      await clock.sleep(pauseMs, signal);
    }
  }
  return read();
}

/** Whether a request got no answer, or a broken one, and the CA does not say when it wants to be asked again. */
export function isLost(error: unknown): boolean {
  const wasLost = error instanceof AcmeError && (error.code === 'UNREACHABLE' || error.code === 'CA_BROKEN');
  return wasLost && error.retryAfter === undefined;
}
