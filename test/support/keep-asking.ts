import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './fleet.ts';

/** Requests for as long as a test wants. */
export interface KeepAsking {
  /** Ends it, and tells how many there were and which of them failed. */
  stop(): Promise<{ readonly asked: number; readonly failed: readonly string[] }>;
}

export interface AskingOptions {
  /** How many ask at the same time, each one request after the other. Default 1. */
  readonly askers?: number;
  /** Between an answer and the next request, in milliseconds. Default 25. */
  readonly pauseMs?: number;
}

export function keepAsking(ask: () => Promise<Answer>, { askers = 1, pauseMs = 25 }: AskingOptions = {}): KeepAsking {
  const failed: string[] = [];
  let asked = 0;
  let isOver = false;
  const askOn = async (): Promise<void> => {
    while (!isOver) {
      asked += 1;
      const wrong = await ask().then(
        ({ status }) => (status === 200 ? undefined : `status ${status}`),
        (error: unknown) => String(error),
      );
      if (wrong !== undefined) failed.push(`${new Date().toISOString()} ${wrong}`);
      await sleep(pauseMs);
    }
  };
  const asking = Array.from({ length: askers }, askOn);
  return {
    async stop() {
      isOver = true;
      await Promise.all(asking);
      return { asked, failed };
    },
  };
}
