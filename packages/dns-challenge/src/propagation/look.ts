import { ask } from '../dns/ask.ts';
import type { AuthoritativeServer } from '../dns/authoritative-servers.ts';
import { RCODE, rcodeName } from '../dns/message.ts';
import { DnsChallengeError } from '../errors.ts';

/** One address of one server of the zone. */
export interface Place {
  readonly server: string;
  readonly address: string;
}

/** What one place says. */
export type Sight =
  | { readonly kind: 'values'; readonly values: readonly string[] }
  /** It answered, and does not know the zone. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'silent'; readonly reason: string }
  /** This machine has no way to such addresses, as most have none to IPv6 where there is only IPv4. */
  | { readonly kind: 'no-route' };

export function placesOf(servers: readonly AuthoritativeServer[]): readonly Place[] {
  return servers.flatMap(({ name, addresses }) => addresses.map((address) => ({ server: name, address })));
}

const noRoute: ReadonlySet<string> = new Set([
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EADDRNOTAVAIL',
  'EAFNOSUPPORT',
  'EINVAL',
]);

/** The TXT values that one place has at a name. @throws the signal's reason */
export async function look(place: Place, fqdn: string, port: number, signal: AbortSignal): Promise<Sight> {
  try {
    const question = { name: fqdn, type: 'TXT' } as const;
    const answer = await ask({ host: place.address, port }, question, { isRecursive: false }, signal);
    if (answer.rcode !== RCODE.noError && answer.rcode !== RCODE.nxDomain) {
      return { kind: 'refused', reason: rcodeName(answer.rcode) };
    }
    if (!answer.isAuthoritative) return { kind: 'refused', reason: 'not authoritative' };
    const records = answer.answers.filter(({ type, name }) => type === 'TXT' && name === fqdn);
    return { kind: 'values', values: records.map(({ value }) => value) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof DnsChallengeError)) throw error;
    const code = error.cause instanceof Error && 'code' in error.cause ? String(error.cause.code) : '';
    return noRoute.has(code) ? { kind: 'no-route' } : { kind: 'silent', reason: error.message };
  }
}
