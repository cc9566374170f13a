/** Requests without an answer in a row after which a CA is taken to be away: at one failure in four, none in 60,000 requests. */
const OPENS_AFTER = 8;
const FIRST_REST_MS = 60_000;
const LAST_REST_MS = 30 * 60_000;

/**
 * Whether a CA is worth asking. After some requests in a row without an answer it is left alone for a minute, then tried by one order at a
 * time; each trial that fails doubles the rest, up to half an hour. Any answer closes the matter. Times are milliseconds since 1970.
 */
export class CircuitBreaker {
  #failures = 0;
  #restMs = 0;
  #openUntil: number | undefined;
  #trial = false;

  /** Until when not to ask; undefined where one may. While a trial runs, until a minute from now. */
  closedUntil(now: number): number | undefined {
    if (this.#openUntil === undefined) return undefined;
    if (this.#trial) return now + FIRST_REST_MS;
    return this.#openUntil > now ? this.#openUntil : undefined;
  }

  /** An order begins or goes on. Only if {@link closedUntil} allows it. */
  begin(): void {
    if (this.#openUntil !== undefined) this.#trial = true;
  }

  /** A request got no answer, or none that makes sense. */
  failed(now: number): void {
    this.#failures += 1;
    const wasOpen = this.#openUntil !== undefined;
    // What was under way when it opened proves nothing new.
    if (this.#failures < OPENS_AFTER || (wasOpen && !this.#trial)) return;
    this.#trial = false;
    this.#restMs = wasOpen ? Math.min(this.#restMs * 2, LAST_REST_MS) : FIRST_REST_MS;
    this.#openUntil = now + this.#restMs;
  }

  /** A request was answered: carried out, or refused as it should be. */
  answered(): void {
    this.#failures = 0;
    this.#restMs = 0;
    this.#openUntil = undefined;
    this.#trial = false;
  }

  /** The order ended without having asked the CA, or was broken off by us. */
  undecided(): void {
    this.#trial = false;
  }
}
