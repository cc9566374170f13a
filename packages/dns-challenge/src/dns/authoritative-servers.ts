import { DnsChallengeError } from '../errors.ts';
import type { RecordType } from './message.ts';
import type { Resolver } from './resolver.ts';

/** One of the servers that know a zone. */
export interface AuthoritativeServer {
  readonly name: string;
  /** At least one. */
  readonly addresses: readonly string[];
}

/**
 * The servers of a zone with all their addresses, by name. Names without an address are left out: nobody can ask them.
 * @throws DnsChallengeError `NO_ZONE` when there is none, and what {@link Resolver.records} throws
 */
export async function authoritativeServers(
  zone: string,
  resolver: Resolver,
  signal: AbortSignal,
): Promise<readonly AuthoritativeServer[]> {
  const values = async (name: string, type: RecordType) => {
    const records = await resolver.records({ name, type }, signal);
    return records.filter((record) => record.type === type).map(({ value }) => value);
  };
  const names = [...new Set(await values(zone, 'NS'))].sort();
  const servers = await Promise.all(
    names.map(async (name) => {
      const [v4, v6] = await Promise.all([values(name, 'A'), values(name, 'AAAA')]);
      return { name, addresses: [...new Set([...v4, ...v6])] };
    }),
  );
  const known = servers.filter(({ addresses }) => addresses.length > 0);
  if (known.length > 0) return known;
  throw new DnsChallengeError('NO_ZONE', `finding the servers of ${zone}: it has none with an address`, {
    hint: `look at its NS records: ${names.join(', ') || 'there are none'}`,
  });
}
