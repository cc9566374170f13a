import { getDomain } from 'tldts';

/**
 * The name that a CA counts a host under: its public suffix and one label more, by the Public Suffix List with its private part. A
 * host that is a public suffix itself counts as its own. A wildcard counts as what it stands below.
 *
 * @see https://letsencrypt.org/docs/rate-limits/#new-certificates-per-registered-domain
 */
export function registeredDomain(host: string): string {
  const name = host.replace(/^\*\./, '');
  return getDomain(name, { allowPrivateDomains: true, validateHostname: false }) ?? name;
}
