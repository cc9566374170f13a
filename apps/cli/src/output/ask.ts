import { createInterface } from 'node:readline/promises';

/** What a person answers; `unanswerable` where there is nobody to ask. */
export type Answer = 'yes' | 'no' | 'unanswerable';
export type Ask = (question: string) => Promise<Answer>;

/** Asks on a terminal, and nowhere else. Only `y` and `yes` are a yes. */
export function createAsk(
  input: NodeJS.ReadableStream & { readonly isTTY?: boolean },
  output: NodeJS.WritableStream,
  signal: AbortSignal,
): Ask {
  return async (question) => {
    if (input.isTTY !== true) return 'unanswerable';
    const lines = createInterface({ input, output });
    try {
      const answer = await lines.question(`${question} [y/N] `, { signal });
      return /^y(es)?$/i.test(answer.trim()) ? 'yes' : 'no';
    } finally {
      lines.close();
    }
  };
}
