import { resolverOf, type Resolver } from '../dns/resolver.ts';
import { DnsChallengeError } from '../errors.ts';

export interface DelegationOptions {
  /** Recursive servers, host and port. Default: those of the system. */
  readonly resolvers?: readonly string[] | undefined;
}

const MAX_STEPS = 8;
/** A label that nobody gives a CNAME of its own. */
const PROBE = '_gatefleet-probe';

/**
 * The name in which to write what is looked for at `fqdn`: where its CNAMEs lead to, itself if it has none. So the records of many hosts
 * can be kept in one zone for the purpose.
 *
 * A CNAME that comes from a wildcard (`*.example.com`) is not followed: it means every name that has no records, and writing gives this
 * one its own.
 * @throws DnsChallengeError `BAD_DELEGATION` when they lead in a circle or over more than 8 steps; `UNREACHABLE` or `BAD_ANSWER` when the
 * resolvers cannot tell; the signal's reason when aborted
 */
export async function resolveDelegation(
  fqdn: string,
  { resolvers }: DelegationOptions,
  signal: AbortSignal,
): Promise<string> {
  const resolver = resolverOf(resolvers);
  return followed(fqdn, async (name) => {
    const target = await cnameOf(name, resolver, signal);
    if (target === undefined) return undefined;
    const probe = [PROBE, ...name.split('.').slice(1)].join('.');
    return (await cnameOf(probe, resolver, signal)) === target ? undefined : target;
  });
}

/** Where CNAMEs lead to, those from wildcards too: where a CA looks. @throws like {@link resolveDelegation} */
export async function followCnames(fqdn: string, resolver: Resolver, signal: AbortSignal): Promise<string> {
  return followed(fqdn, (name) => cnameOf(name, resolver, signal));
}

async function followed(fqdn: string, next: (name: string) => Promise<string | undefined>): Promise<string> {
  const seen = [fqdn];
  for (;;) {
    const target = await next(seen.at(-1) ?? fqdn);
    if (target === undefined) return seen.at(-1) ?? fqdn;
    const isCircle = seen.includes(target);
    seen.push(target);
    if (!isCircle && seen.length - 1 <= MAX_STEPS) continue;
    const reason = isCircle ? 'they lead in a circle' : `there are more than ${MAX_STEPS}`;
    throw new DnsChallengeError('BAD_DELEGATION', `following the CNAMEs of ${fqdn}: ${reason}: ${seen.join(' → ')}`, {
      hint: 'lead it to the name of its record in one step',
    });
  }
}

async function cnameOf(name: string, resolver: Resolver, signal: AbortSignal): Promise<string | undefined> {
  const records = await resolver.records({ name, type: 'CNAME' }, signal);
  return records.find((record) => record.type === 'CNAME' && record.name === name)?.value;
}
