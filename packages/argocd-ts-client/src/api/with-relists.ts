import { setTimeout as sleep } from 'node:timers/promises';
import type { Application, ApplicationEvent } from '../applications.ts';

/** In milliseconds: once soon after a stream began, then now and then. */
const firstRelistMs = 1_000;
const relistMs = 15_000;

/**
 * The events, and between them everything that a list has. Argo CD's server sends what there is and only then subscribes to what happens,
 * and it drops events for a reader that is slow: what changed in between is in no event. The reader has to know a state again that it has
 * seen.
 */
export async function* withRelists(
  events: AsyncIterable<ApplicationEvent>,
  list: () => Promise<readonly Application[]>,
): AsyncGenerator<ApplicationEvent> {
  const iterator = events[Symbol.asyncIterator]();
  const done = new AbortController();
  const timer = (ms: number) => sleep(ms, undefined, { signal: done.signal }).then(() => 'relist' as const);
  let due = timer(firstRelistMs);
  let next = iterator.next();
  try {
    for (;;) {
      const first = await Promise.race([next, due]);
      if (first === 'relist') {
        for (const application of await list()) yield { type: 'modified', application };
        due = timer(relistMs);
        continue;
      }
      if (first.done === true) return;
      yield first.value;
      next = iterator.next();
    }
  } finally {
    due.catch(() => undefined);
    next.catch(() => undefined);
    done.abort();
    // Not awaited: it would wait for the next event, which only the end of the connection gives up.
    iterator.return?.().catch(() => undefined);
  }
}
