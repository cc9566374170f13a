import { isIP } from 'node:net';
import { domainToUnicode } from 'node:url';

export type HostCheck =
  | { readonly kind: 'valid'; readonly host: string }
  /** @property reason - completes "the host …", without the host itself, which may be hostile. */
  | { readonly kind: 'invalid'; readonly reason: string };

/** RFC 1035, without the final dot. */
const MAX_HOST_LENGTH = 253;
const MAX_LABEL_LENGTH = 63;

/**
 * Whether a name can be used in a rule, in a key and in a certificate as it is: a lower-case ASCII host name of two labels or more.
 * Nothing is mended, so that two spellings can never mean one host. First match wins.
 *
 * @param wildcards - whether a first label `*` is taken: in a certificate that DNS-01 proves, never in a rule for one host.
 */
export function checkHost(host: string, { wildcards = false }: { readonly wildcards?: boolean } = {}): HostCheck {
  if (host === '') return invalid('is empty');
  if (host.length > MAX_HOST_LENGTH) return invalid(`is longer than ${MAX_HOST_LENGTH} characters`);
  if (host.startsWith('*.')) {
    if (!wildcards) return invalid('is a wildcard, which HTTP-01 cannot prove');
    const base = checkHost(host.slice(2));
    return base.kind === 'valid' ? { kind: 'valid', host } : base;
  }
  if (/[A-Z]/.test(host)) return invalid('has upper-case letters');
  if (/[^\x21-\x7e]/.test(host)) {
    return invalid('has characters outside visible ASCII; write an international name in its xn-- form');
  }
  if (isIP(host) !== 0 || isIP(host.replace(/^\[|\]$/g, '')) !== 0) return invalid('is an IP address');
  if (/[^a-z0-9.-]/.test(host)) return invalid('has characters other than letters, digits, dots and dashes');
  const labels = host.split('.');
  if (labels.includes('')) return invalid('begins or ends with a dot, or has two in a row');
  if (labels.length < 2) return invalid('has no domain');
  if (labels.some((label) => label.length > MAX_LABEL_LENGTH)) {
    return invalid(`has a label longer than ${MAX_LABEL_LENGTH} characters`);
  }
  if (labels.some((label) => label.startsWith('-') || label.endsWith('-'))) {
    return invalid('has a label that begins or ends with a dash');
  }
  // Browsers and resolvers read such a name as an IPv4 address, 0x7f.1 for example.
  if (/^(\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '')) return invalid('ends in a number');
  for (const label of labels) {
    if (label.slice(2, 4) !== '--') continue;
    if (!label.startsWith('xn--')) return invalid('has a label with two dashes in places that are reserved');
    // What is not an international name stays as it is.
    if (domainToUnicode(label) === label) return invalid('is not a valid international name');
  }
  return { kind: 'valid', host };
}

function invalid(reason: string): HostCheck {
  return { kind: 'invalid', reason };
}
