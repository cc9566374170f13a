import { systemClock, type Clock } from '../clock.ts';
import { authoritativeServers } from '../dns/authoritative-servers.ts';
import { resolverOf } from '../dns/resolver.ts';
import { zoneOf } from '../dns/zone-of.ts';
import { look, placesOf, type Place, type Sight } from './look.ts';

export interface VisibilityOptions {
  /** Recursive servers, host and port. Default: those of the system. */
  readonly resolvers?: readonly string[] | undefined;
  /** Default 2 minutes. The last look may take some seconds longer. */
  readonly timeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
  /** Where the zone's servers listen. Default 53, and no other in the world; tests have no right to that one. */
  readonly port?: number | undefined;
}

/** A place that did not show the value, and why. */
export interface Lacking extends Place {
  /** `absent`: it knows the zone and lacks the value. `silent`: it did not answer. `refused`: it does not know the zone. */
  readonly why: 'absent' | 'silent' | 'refused';
  readonly reason: string;
}

export type Visibility =
  | { readonly kind: 'visible' }
  /** The time is over. If all of these are silent, a CA may yet see the value at the others. */
  | { readonly kind: 'not-visible'; readonly zone: string; readonly lacking: readonly Lacking[] };

const DEFAULT_TIMEOUT_MS = 2 * 60_000;
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 10_000;

/**
 * Comes back when every server of the name's zone shows the value, at all of its addresses that this machine has a way to, or when the
 * time is over. The servers are asked themselves: what resolvers remember is of no interest to a CA, which asks them too.
 * @param fqdn - where the value was written: behind CNAMEs, as {@link resolveDelegation} says.
 * @throws DnsChallengeError `NO_ZONE`, `UNREACHABLE` or `BAD_ANSWER` when the zone's servers cannot be found out; the signal's reason
 */
export async function untilVisible(
  fqdn: string,
  value: string,
  options: VisibilityOptions,
  signal: AbortSignal,
): Promise<Visibility> {
  const { clock = systemClock, timeoutMs = DEFAULT_TIMEOUT_MS, port = 53 } = options;
  const deadline = clock.now().getTime() + timeoutMs;
  const resolver = resolverOf(options.resolvers);
  const zone = await zoneOf(fqdn, resolver, signal);
  const places = placesOf(await authoritativeServers(zone, resolver, signal));
  const sights = new Map<Place, Sight>();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, MAX_PAUSE_MS)) {
    const open = places.filter((place) => !shows(sights.get(place), value));
    await Promise.all(open.map(async (place) => sights.set(place, await look(place, fqdn, port, signal))));
    const lacking = lackingOf(sights, value);
    if (lacking.length === 0) return { kind: 'visible' };
    if (clock.now().getTime() + pause > deadline) return { kind: 'not-visible', zone, lacking };
    await clock.sleep(pause, signal);
  }
}

function shows(sight: Sight | undefined, value: string): boolean {
  return sight?.kind === 'values' && sight.values.includes(value);
}

/** A server without any way to it counts as silent; one with a way to another address is judged by that. */
export function lackingOf(sights: ReadonlyMap<Place, Sight>, value: string): readonly Lacking[] {
  const reachable = new Set([...sights].filter(([, { kind }]) => kind !== 'no-route').map(([{ server }]) => server));
  return [...sights].flatMap(([place, sight]): Lacking[] => {
    switch (sight.kind) {
      case 'values':
        if (sight.values.includes(value)) return [];
        return [{ ...place, why: 'absent', reason: `it has ${sight.values.length} other values` }];
      case 'no-route':
        if (reachable.has(place.server)) return [];
        return [{ ...place, why: 'silent', reason: 'this machine has no route to it' }];
      case 'silent':
      case 'refused':
        return [{ ...place, why: sight.kind, reason: sight.reason }];
    }
  });
}

/** What is lacking, as a sentence for people. */
export function visibilityText({ zone, lacking }: Extract<Visibility, { kind: 'not-visible' }>): string {
  const places = lacking.map(({ server, address, why, reason }) => `${server} (${address}) ${why}: ${reason}`);
  return `not on all servers of ${zone}: ${places.join('; ')}`;
}
