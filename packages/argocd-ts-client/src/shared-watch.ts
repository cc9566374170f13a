import type { Application, ApplicationEvent, WatchOptions } from './applications.ts';
import { ArgoCdError } from './errors.ts';
import type { WaitSource } from './wait.ts';

/**
 * A list answers everybody who asks within this time: what happened since is for the watch to tell. Of many who ask each in their own
 * time there is always one.
 */
const listAgeMs = 5_000;

/** One watch of all applications, told apart by name to those who watch one. Ends with the signal. */
export class SharedWatch {
  readonly #source: Pick<WaitSource, 'list' | 'watch'>;
  readonly #signal: AbortSignal;
  readonly #readers = new Map<string, Set<(event: ApplicationEvent) => void>>();
  readonly #known = new Map<string, Application>();
  #watching: Promise<void> | undefined;
  #listed: { readonly at: number; readonly all: Promise<readonly Application[]> } | undefined;

  constructor(source: Pick<WaitSource, 'list' | 'watch'>, signal: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
  }

  /** One application, by a list that all who ask at about the same time share. */
  async get(name: string, signal?: AbortSignal): Promise<Application> {
    signal?.throwIfAborted();
    const asked = performance.now();
    // It may have been made after the list.
    const found = (await this.#list(name, asked - listAgeMs)) ?? (await this.#list(name, asked));
    if (found === undefined) throw new ArgoCdError('NOT_FOUND', `reading application ${name}: it is not in the list`);
    return found;
  }

  /** Looks into a list that was begun at that time or later. */
  async #list(name: string, since: number): Promise<Application | undefined> {
    if (this.#listed === undefined || this.#listed.at < since) {
      this.#listed = { at: performance.now(), all: this.#source.list({ signal: this.#signal }) };
    }
    return (await this.#listed.all).find(({ metadata }) => metadata?.name === name);
  }

  /** As `watch` of one name. */
  async *watch({ name = '', signal = this.#signal }: WatchOptions = {}): AsyncGenerator<ApplicationEvent, void> {
    const events: ApplicationEvent[] = [];
    let wake = (): void => undefined;
    const tell = (event: ApplicationEvent): void => {
      events.push(event);
      wake();
    };
    const readers = this.#readers.get(name) ?? new Set();
    this.#readers.set(name, readers.add(tell));
    const known = this.#known.get(name);
    if (known !== undefined) tell({ type: 'added', application: known });
    this.#watching ??= this.#follow();
    const ended = this.#watching.then(() => true as const);
    ended.catch(() => undefined);
    const stop = (): void => wake();
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (!signal.aborted) {
        const event = events.shift();
        if (event !== undefined) {
          yield event;
          continue;
        }
        const more = new Promise<false>((resolve) => (wake = () => resolve(false)));
        if (events.length === 0 && (await Promise.race([more, ended])) && events.length === 0) return;
      }
    } finally {
      signal.removeEventListener('abort', stop);
      readers.delete(tell);
    }
  }

  async #follow(): Promise<void> {
    for await (const event of this.#source.watch({ signal: this.#signal })) {
      const name = event.application.metadata?.name ?? '';
      if (event.type === 'deleted') this.#known.delete(name);
      else this.#known.set(name, event.application);
      for (const tell of this.#readers.get(name) ?? []) tell(event);
    }
  }
}
