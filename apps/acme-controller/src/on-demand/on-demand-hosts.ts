import { isWithin } from '../wanted/zone.ts';

/** Whether somebody outside allows a host. @throws whatever went wrong: then it is asked again when the host is seen again */
export type Ask = (host: string, signal: AbortSignal) => Promise<boolean>;

export interface OnDemandHostsOptions {
  /** Domains that a host must be in; any may be where there are none. */
  readonly domains: readonly string[];
  readonly ask: Ask | undefined;
  /** How many hosts may be had in all. */
  readonly limit: number;
  /** Whether a host would be served, had it a certificate. */
  readonly isRouted: (host: string) => boolean;
  readonly onAllowed: (host: string) => void;
  readonly onFailed: (host: string, error: unknown) => void;
}

/** What waits for an answer, at most. Who asks for more names than this is no user. */
const MOST_WAITING = 100;
const MOST_REFUSED = 10_000;
const REFUSED_FOR_MS = 600_000;
const FAILED_FOR_MS = 60_000;
const UNROUTED_FOR_MS = 10_000;

/** Hosts that were seen and may have a certificate. What strangers send decides what is seen, so all of it is bounded. */
export class OnDemandHosts {
  readonly #options: OnDemandHostsOptions;
  readonly #signal: AbortSignal;
  readonly #allowed = new Set<string>();
  readonly #waiting = new Set<string>();
  /** Until when a host is not asked about again. */
  readonly #refused = new Map<string, number>();
  #isAsking = false;

  /** @param signal - ends the asking. */
  constructor(options: OnDemandHostsOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  get allowed(): ReadonlySet<string> {
    return this.#allowed;
  }

  /** Somebody wanted something of this host. Never throws. @param host - in lower case, without a port. */
  see(host: string): void {
    const { domains, isRouted, limit } = this.#options;
    if (this.#allowed.has(host) || this.#waiting.has(host)) return;
    if (this.#allowed.size >= limit || this.#waiting.size >= MOST_WAITING) return;
    if ((this.#refused.get(host) ?? 0) > performance.now()) return;
    if (domains.length > 0 && !isWithin(host, domains)) return;
    // Looking through all rules for each request would be felt.
    if (!isRouted(host)) return this.#rest(host, UNROUTED_FOR_MS);
    this.#waiting.add(host);
    void this.#askAll();
  }

  /** One after the other: whoever is asked must not be flooded. */
  async #askAll(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const { ask, limit, onAllowed, onFailed } = this.#options;
    for (const host of this.#waiting) {
      if (this.#signal.aborted) break;
      let restMs = REFUSED_FOR_MS;
      try {
        const isAllowed = this.#allowed.size < limit && ((await ask?.(host, this.#signal)) ?? true);
        if (isAllowed) {
          this.#allowed.add(host);
          this.#refused.delete(host);
          onAllowed(host);
          restMs = 0;
        }
      } catch (error) {
        restMs = FAILED_FOR_MS;
        if (!this.#signal.aborted) onFailed(host, error);
      }
      this.#waiting.delete(host);
      if (restMs > 0) this.#rest(host, restMs);
    }
    this.#isAsking = false;
  }

  #rest(host: string, milliseconds: number): void {
    this.#refused.delete(host);
    this.#refused.set(host, performance.now() + milliseconds);
    const oldest = this.#refused.keys().next();
    if (this.#refused.size > MOST_REFUSED && oldest.done !== true) this.#refused.delete(oldest.value);
  }
}
