import { styleText } from 'node:util';

/** Where progress goes; stdout is left to the product. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Tells what a step is about just now, e.g. `12 of 17 components`. */
export type Say = (detail: string) => void;

/** Steps of a longer work, several at once if need be. */
export interface Progress {
  /** Runs one step, and says when it began, what it is about and how long it took. */
  step<T>(title: string, work: (say: Say) => Promise<T>): Promise<T>;
  /** A line of its own, e.g. a warning. */
  note(text: string): void;
}

/**
 * On a terminal, finished steps are lines and what runs is the last line, rewritten in place; elsewhere each beginning
 * and end is a line, so that a log shows life. `color` is for terminals whose user has not set NO_COLOR.
 */
export function createProgress(stream: ProgressStream, color: boolean): Progress {
  const live = stream.isTTY === true;
  const running = new Map<string, string>();
  const paint = (format: Parameters<typeof styleText>[0], text: string) =>
    color ? styleText(format, text, { validateStream: false }) : text;
  const erase = () => {
    if (live) stream.write('\r\u001B[2K');
  };
  const draw = () => {
    if (!live || running.size === 0) return;
    const text = [...running].map(([title, detail]) => (detail === '' ? title : `${title}: ${detail}`)).join('  |  ');
    erase();
    stream.write(paint('dim', `… ${text}`.slice(0, (stream.columns ?? 80) - 1)));
  };
  const line = (text: string) => {
    erase();
    stream.write(`${text}\n`);
    draw();
  };
  return {
    note: line,
    step: async (title, work) => {
      const began = performance.now();
      const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
      running.set(title, '');
      if (live) draw();
      else line(`…    ${title}`);
      try {
        const result = await work((detail) => {
          running.set(title, detail);
          draw();
        });
        running.delete(title);
        line(`${paint('green', 'ok')}   ${title}  ${paint('dim', seconds())}`);
        return result;
      } catch (error) {
        const detail = running.get(title) ?? '';
        running.delete(title);
        line(`${paint('red', 'fail')} ${title}${detail === '' ? '' : ` (${detail})`}  ${paint('dim', seconds())}`);
        throw error;
      }
    },
  };
}
