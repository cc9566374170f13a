import { isIP } from 'node:net';
import { getPublicSuffix } from 'tldts';

export type HostName =
  | { readonly kind: 'name'; readonly name: string }
  /** `reason` completes "… is refused: ". */
  | { readonly kind: 'refused'; readonly reason: string };

/** Source of 253 and 63: RFC 1035, section 2.3.4, in text form. */
const MAX_NAME = 253;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Checks a name that somebody else chose, and gives its one spelling: lowercase, without a final dot. Internationalized names are
 * taken in their ASCII form (`xn--…`) only, so that no two spellings of one name differ.
 *
 * @param wildcards - whether a first label `*` is taken; only DNS-01 can prove such a name.
 */
export function parseHostName(text: string, { wildcards = false }: { readonly wildcards?: boolean } = {}): HostName {
  const whole = text.toLowerCase().replace(/\.$/, '');
  const isWildcard = whole.startsWith('*.');
  if (isWildcard && !wildcards) return refused('a wildcard cannot be proven by HTTP-01');
  const name = isWildcard ? whole.slice(2) : whole;
  if (whole.length > MAX_NAME) return refused(`it is longer than ${MAX_NAME} characters`);
  if (isIP(name) !== 0) return refused('it is an address, not a name');
  const labels = name.split('.');
  if (!labels.every((label) => LABEL.test(label)))
    return refused('its labels must be 1 to 63 letters, digits and inner dashes');
  if (labels.length < 2) return refused('it has no parent domain');
  if (/^\d+$/.test(labels.at(-1) ?? '')) return refused('its last label is a number');
  if (getPublicSuffix(name, { allowPrivateDomains: true }) === name) return refused('it is a public suffix');
  return { kind: 'name', name: whole };
}

function refused(reason: string): HostName {
  return { kind: 'refused', reason };
}
