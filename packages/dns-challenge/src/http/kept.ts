import type { Clock } from '../clock.ts';

/** What is good until a time. */
export interface Expiring<T> {
  readonly value: T;
  readonly expiresAt: Date;
}

/** A token that ends while a request is under way is of no use. */
const MARGIN_MS = 5 * 60_000;

/** Keeps what was fetched until shortly before it ends. */
export class Kept<T> {
  readonly #fetch: (signal: AbortSignal) => Promise<Expiring<T>>;
  readonly #clock: Clock;
  #last: Expiring<T> | undefined;

  constructor(fetch: (signal: AbortSignal) => Promise<Expiring<T>>, clock: Clock) {
    this.#fetch = fetch;
    this.#clock = clock;
  }

  async get(signal: AbortSignal): Promise<T> {
    if (this.#last === undefined || this.#last.expiresAt.getTime() - MARGIN_MS <= this.#clock.now().getTime()) {
      this.#last = await this.#fetch(signal);
    }
    return this.#last.value;
  }

  /** After the other side refused it. */
  forget(): void {
    this.#last = undefined;
  }
}
