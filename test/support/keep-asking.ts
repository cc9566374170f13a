import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './fleet.ts';

/** Requests one after the other for as long as a test wants. */
export interface KeepAsking {
  /** Ends it, and tells how many there were and which of them failed. */
  stop(): Promise<{ readonly asked: number; readonly failed: readonly string[] }>;
}

const pauseMs = 25;

export function keepAsking(ask: () => Promise<Answer>): KeepAsking {
  const failed: string[] = [];
  let asked = 0;
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      asked += 1;
      const wrong = await ask().then(
        ({ status }) => (status === 200 ? undefined : `status ${status}`),
        (error: unknown) => String(error),
      );
      if (wrong !== undefined) failed.push(`${new Date().toISOString()} ${wrong}`);
      await sleep(pauseMs);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await asking;
      return { asked, failed };
    },
  };
}
