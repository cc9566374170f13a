import { setTimeout as sleep } from 'node:timers/promises';
import type { Fetch } from './transport.ts';

/** In milliseconds, before the second and the third attempt; each is spread by up to half. */
const pausesMs = [200, 800];
/** A server that asks for more is not waited for here. */
const maxRetryAfterMs = 5_000;

/** Answers by a proxy or a server that is starting, and so by nobody who has done anything. */
const passing = new Set([429, 502, 503, 504]);

/** Repeats what only reads, when it gets no answer. Whatever changes something is sent once: it may have been done without an answer. */
export function retryingFetch(fetch: Fetch): Fetch {
  return async (request) => {
    if (request.method !== 'GET') return fetch(request);
    for (const pauseMs of pausesMs) {
      let waitMs = pauseMs * (0.5 + Math.random() / 2);
      try {
        // No clone, which would lose the signal once the original is collected: what only reads has no body to keep.
        const answer = await fetch(request);
        if (!passing.has(answer.status)) return answer;
        const askedMs = Number(answer.headers.get('retry-after') ?? 0) * 1000;
        if (askedMs > maxRetryAfterMs) return answer;
        if (askedMs > waitMs) waitMs = askedMs;
        await answer.body?.cancel();
      } catch (error) {
        if (request.signal.aborted || isRefusedForGood(error)) throw error;
      }
      await sleep(waitMs, undefined, { signal: request.signal });
    }
    return fetch(request);
  };
}

/** A certificate or a name that does not hold will not hold in a second either. */
function isRefusedForGood(error: unknown): boolean {
  const { code = '' } = Object(error) as { code?: string };
  return /^(ERR_|CERT_|UNABLE_|SELF_SIGNED|DEPTH_ZERO|ENOTFOUND)/.test(code);
}
