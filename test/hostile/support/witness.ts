import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** A backend behind the gateway that keeps what reaches it. */
export interface Witness extends AsyncDisposable {
  readonly url: string;
  /** Paths, as they were sent, and how often each was. */
  readonly seen: ReadonlyMap<string, number>;
  /** Headers of the request that came last. */
  lastHeaders(): IncomingHttpHeaders;
  /** What it got that is no HTTP, or that the gateway was not to believe: hosts and headers called `smuggled`. */
  readonly nonsense: readonly string[];
}

type Told = { port: number } | { path: string; headers: IncomingHttpHeaders } | { nonsense: string };

/** Answers every request with its path. */
export async function startWitness(): Promise<Witness> {
  const seen = new Map<string, number>();
  const nonsense: string[] = [];
  let lastHeaders: IncomingHttpHeaders = {};
  const { promise: port, resolve, reject } = Promise.withResolvers<number>();
  const thread = new Worker(join(import.meta.dirname, 'witness-thread.ts'));
  thread.once('error', reject);
  thread.on('message', (told: Told) => {
    if ('port' in told) resolve(told.port);
    else if ('nonsense' in told) nonsense.push(told.nonsense);
    else {
      seen.set(told.path, (seen.get(told.path) ?? 0) + 1);
      lastHeaders = told.headers;
    }
  });
  return {
    url: `http://127.0.0.1:${await port}`,
    seen,
    nonsense,
    lastHeaders: () => lastHeaders,
    [Symbol.asyncDispose]: async () => {
      await thread.terminate();
    },
  };
}
