import type { Clock } from './clock.ts';
import { DnsChallengeError } from './errors.ts';

/** A name and those above it, the longest first: `a.example.com`, `example.com`, `com`. */
export function selfAndParents(fqdn: string): readonly string[] {
  const labels = fqdn.split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
}

/** The name below its zone, `@` for the zone itself. */
export function relativeName(fqdn: string, zone: string): string {
  return fqdn === zone ? '@' : fqdn.slice(0, -zone.length - 1);
}

/** New zones are seen after this time, and zones that are gone are given up. */
const FRESH_FOR_MS = 60_000;
const MAX_KEPT = 10_000;

/** Finds the zone that has a name, the deepest one, and remembers for a minute which names are zones and which are none. */
export class ZoneFinder<T> {
  readonly #lookUp: (name: string, signal: AbortSignal) => Promise<T | undefined>;
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly zone: T | undefined; readonly until: number }>();

  /** @param lookUp - gives the zone of exactly this name, if it is one. */
  constructor(lookUp: (name: string, signal: AbortSignal) => Promise<T | undefined>, clock: Clock) {
    this.#lookUp = lookUp;
    this.#clock = clock;
  }

  /** @throws DnsChallengeError `NO_ZONE` */
  async find(fqdn: string, signal: AbortSignal): Promise<{ readonly name: string; readonly zone: T }> {
    for (const name of selfAndParents(fqdn)) {
      const zone = await this.#zoneAt(name, signal);
      if (zone !== undefined) return { name, zone };
    }
    throw new DnsChallengeError(
      'NO_ZONE',
      `finding the zone of ${fqdn}: the provider shows none to these credentials`,
      {
        hint: 'check in which account the zone is and that the credentials may list it, or delegate _acme-challenge by CNAME',
      },
    );
  }

  async #zoneAt(name: string, signal: AbortSignal): Promise<T | undefined> {
    const now = this.#clock.now().getTime();
    const known = this.#known.get(name);
    if (known !== undefined && known.until > now) return known.zone;
    const zone = await this.#lookUp(name, signal);
    if (this.#known.size >= MAX_KEPT) this.#known.clear();
    this.#known.set(name, { zone, until: now + FRESH_FOR_MS });
    return zone;
  }
}
