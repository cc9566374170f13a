import { AcmeError } from '../errors.ts';
import type { Clock } from '../ports.ts';

/** What a request is about, as far as a CA limits it by itself. */
export type Endpoint =
  | 'directory'
  | 'newNonce'
  | 'newAccount'
  | 'newOrder'
  | 'account'
  | 'order'
  | 'authorization'
  | 'challenge'
  | 'finalize'
  | 'certificate'
  | 'revokeCert'
  | 'keyChange'
  | 'renewalInfo';

/** For a CA that says "too many" and not until when. */
const UNTOLD_MS = 5_000;

interface Gate {
  closedUntil: number;
  /** One request finds out whether the CA has had its rest; it ends when that is known. */
  probe: Promise<void> | undefined;
}

/**
 * Holds requests back for as long as a CA asks, each kind by itself: after "too many" nothing of that kind is sent before its Retry-After,
 * and then one request alone, before all others. What is held back is refused at once, so that nobody waits with work in hand.
 *
 * @see https://letsencrypt.org/docs/rate-limits/#overall-requests-limit
 */
export class EndpointGates {
  readonly #clock: Clock;
  readonly #gates = new Map<Endpoint, Gate>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws AcmeError `RATE_LIMITED` while held back, and then nothing was sent; else what `send` throws. */
  async pass<T>(endpoint: Endpoint, doing: string, send: () => Promise<T>): Promise<T> {
    let gate = this.#gates.get(endpoint);
    while (gate?.probe !== undefined) {
      await gate.probe;
      gate = this.#gates.get(endpoint);
    }
    if (gate === undefined) return this.#watched(endpoint, send);
    if (gate.closedUntil > this.#clock.now().getTime()) {
      const retryAfter = new Date(gate.closedUntil);
      throw new AcmeError('RATE_LIMITED', `${doing}: the CA wants no such request before ${retryAfter.toISOString()}`, {
        retryAfter,
      });
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    gate.probe = promise;
    try {
      const result = await this.#watched(endpoint, send);
      this.#gates.delete(endpoint);
      return result;
    } finally {
      gate.probe = undefined;
      resolve();
    }
  }

  async #watched<T>(endpoint: Endpoint, send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      const until = this.#heldUntil(error);
      if (until !== undefined) {
        const gate = this.#gates.get(endpoint);
        if (gate === undefined) this.#gates.set(endpoint, { closedUntil: until, probe: undefined });
        else gate.closedUntil = Math.max(gate.closedUntil, until);
      } else if (error instanceof AcmeError && error.status !== undefined) {
        // The CA answers again, if only with a refusal.
        if (this.#gates.get(endpoint)?.probe !== undefined) this.#gates.delete(endpoint);
      }
      throw error;
    }
  }

  #heldUntil(error: unknown): number | undefined {
    if (!(error instanceof AcmeError)) return undefined;
    const isHeld = isAboutRequests(error) || (error.status === 503 && error.retryAfter !== undefined);
    return isHeld ? (error.retryAfter?.getTime() ?? this.#clock.now().getTime() + UNTOLD_MS) : undefined;
  }
}

/** Not every "too many" is about requests: of certificates for one domain there may be too many, and other orders go on. */
function isAboutRequests({ code, message }: AcmeError): boolean {
  return code === 'RATE_LIMITED' && !/already issued for|failed authorizations|registrations/i.test(message);
}
