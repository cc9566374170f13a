import { setTimeout as sleep } from 'node:timers/promises';
import { KvError } from '../errors.ts';
import type { KvEntry } from '../kv-store.ts';
import { nextBlockingIndex } from './blocking-index.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export interface WatchQuery {
  /** One blocking query; index 0 answers at once. */
  readonly query: (index: number) => Promise<{ entries: readonly KvEntry[]; index: number }>;
  readonly onRetry: (error: KvError) => void;
  readonly signal: AbortSignal;
}

/** Turns blocking queries into the states that they show, leaving out answers without a change. */
export async function* watch({ query, onRetry, signal }: WatchQuery): AsyncGenerator<readonly KvEntry[], void> {
  let index = 0;
  let seen: string | undefined;
  let pauseMs = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    let answer;
    try {
      answer = await query(index);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof KvError) || !error.isRetryable) throw error;
      onRetry(error);
      await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      // Another server may answer next, whose index need not be comparable after a restore.
      index = 0;
      continue;
    }
    pauseMs = FIRST_PAUSE_MS;
    index = nextBlockingIndex(index, answer.index);
    const state = answer.entries.map((entry) => `${entry.key} ${entry.index} ${entry.session ?? ''}`).join('\n');
    if (state === seen) continue;
    seen = state;
    yield answer.entries;
  }
}
