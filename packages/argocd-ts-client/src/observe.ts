import { setTimeout as sleep } from 'node:timers/promises';
import type { Application, ApplicationEvent, Applications } from './applications.ts';
import { ArgoCdError } from './errors.ts';
import { isLater } from './resource-version.ts';

/** An event may be lost between a list and a watch, so the state is also read again: soon at first, later this rarely. */
const firstCheckMs = 500;
const maxCheckMs = 10_000;

/** Follows one application from a known state on. Ends with the signal. */
export class Observation {
  readonly #applications: Pick<Applications, 'get' | 'watch'>;
  readonly #name: string;
  readonly #signal: AbortSignal;
  readonly #events: AsyncIterator<ApplicationEvent>;
  #event: Promise<IteratorResult<ApplicationEvent, unknown>>;
  #known: Application;
  #checkMs = firstCheckMs;

  constructor(
    applications: Pick<Applications, 'get' | 'watch'>,
    name: string,
    known: Application,
    signal: AbortSignal,
  ) {
    this.#applications = applications;
    this.#name = name;
    this.#known = known;
    this.#signal = signal;
    this.#events = applications.watch({ name, signal })[Symbol.asyncIterator]();
    this.#event = this.#nextEvent();
  }

  /** The state after the next event, or after at most `withinMs`; undefined once the application is gone. */
  async next(withinMs: number): Promise<Application | undefined> {
    const event = await firstOf(this.#event, Math.min(withinMs, this.#checkMs), this.#signal);
    if (event === undefined) return this.#read();
    if (event.done === true) throw new ArgoCdError('ABORTED', `watching application ${this.#name}: the watch ended`);
    this.#event = this.#nextEvent();
    return event.value.type === 'deleted' ? undefined : this.#later(event.value.application);
  }

  async #read(): Promise<Application | undefined> {
    this.#checkMs = Math.min(maxCheckMs, this.#checkMs * 2);
    try {
      return this.#later(await this.#applications.get(this.#name, { signal: this.#signal }));
    } catch (error) {
      if (error instanceof ArgoCdError && error.code === 'NOT_FOUND') return undefined;
      if (error instanceof ArgoCdError && error.code === 'UNAVAILABLE') return this.#known; // the watch comes back too
      throw error;
    }
  }

  #later(candidate: Application): Application {
    if (isLater(candidate, this.#known)) this.#known = candidate;
    return this.#known;
  }

  #nextEvent(): Promise<IteratorResult<ApplicationEvent, unknown>> {
    const event = this.#events.next();
    event.catch(() => undefined); // told by whoever awaits it, if anyone still does
    return event;
  }
}

/** The promise's value, or undefined when the time is over first. */
async function firstOf<T>(promise: Promise<T>, timeMs: number, signal: AbortSignal): Promise<T | undefined> {
  const timer = new AbortController();
  try {
    const time = sleep(timeMs, undefined, { signal: AbortSignal.any([timer.signal, signal]) });
    time.catch(() => undefined);
    return await Promise.race([promise, time]);
  } finally {
    timer.abort();
  }
}
