import type { WaitAllOptions, WaitResult, WaitSource } from './wait.ts';
import { waitFor } from './wait.ts';
import { SharedWatch } from './shared-watch.ts';

/** So many comparisons with git are asked for at a time. */
const refreshesAtOnce = 10;

/** `waitAll` for any implementation: one watch and, now and then, one list, however many applications there are. */
export async function waitForAll(
  source: WaitSource,
  revisions: ReadonlyMap<string, string>,
  { signal, onProgress, ...options }: WaitAllOptions = {},
): Promise<ReadonlyMap<string, WaitResult>> {
  const own = new AbortController();
  const either = signal === undefined ? own.signal : AbortSignal.any([signal, own.signal]);
  const shared = new SharedWatch(source, either);
  const startRefresh = atMost(refreshesAtOnce, source.startRefresh);
  try {
    const waits = [...revisions].map(async ([name, revision]) => {
      const result = await waitFor(
        {
          startRefresh,
          get: (of, { signal: until } = {}) => shared.get(of, until),
          watch: (of) => shared.watch(of),
        },
        name,
        { ...options, revision, signal: either, onProgress: (...told) => onProgress?.(name, ...told) },
      );
      return [name, result] as const;
    });
    return new Map(await Promise.all(waits));
  } finally {
    own.abort();
  }
}

/** The function, of which at most so many calls run; the others wait in their order. */
function atMost<A extends readonly unknown[], T>(
  count: number,
  call: (...args: A) => Promise<T>,
): (...args: A) => Promise<T> {
  let running = 0;
  const queue: (() => void)[] = [];
  return async (...args) => {
    if (running >= count) await new Promise<void>((resolve) => queue.push(resolve));
    else running += 1;
    try {
      return await call(...args);
    } finally {
      const next = queue.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
