import { DnsChallengeError } from '../errors.ts';
import { selfAndParents } from '../zone-finder.ts';
import type { Resolver } from './resolver.ts';

/**
 * The zone that has a name, as the world sees it: the nearest name above it, or itself, with a SOA record.
 * @throws DnsChallengeError `NO_ZONE`, and what {@link Resolver.records} throws
 */
export async function zoneOf(fqdn: string, resolver: Resolver, signal: AbortSignal): Promise<string> {
  for (const name of selfAndParents(fqdn)) {
    const records = await resolver.records({ name, type: 'SOA' }, signal);
    if (records.some((record) => record.type === 'SOA' && record.name === name)) return name;
  }
  throw new DnsChallengeError('NO_ZONE', `finding the zone of ${fqdn}: no name above it has a SOA record`, {
    hint: 'check that the domain is registered and delegated, and that the resolver sees it as the world does',
  });
}
