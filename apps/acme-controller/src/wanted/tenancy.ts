import { covers } from './ingress.ts';
import { isWithin } from './zone.ts';

/** Which namespaces may claim hosts of some domains. Hosts of no entry are anybody's. */
export type Tenancy = readonly { readonly domains: readonly string[]; readonly namespaces: readonly string[] }[];

/** Whether a namespace may claim a host: the longest domain that the host is in decides. A wildcard must not cover a domain of others. */
export function mayClaim(namespace: string, host: string, tenancy: Tenancy): boolean {
  if (host.startsWith('*.')) {
    const covered = tenancy.flatMap(({ domains }) => domains).filter((domain) => covers(host, domain));
    if (covered.some((domain) => !mayClaim(namespace, domain, tenancy))) return false;
  }
  let longest = '';
  let allowed = true;
  for (const { domains, namespaces } of tenancy) {
    for (const domain of domains) {
      if (domain.length <= longest.length || !isWithin(host, [domain])) continue;
      longest = domain;
      allowed = namespaces.includes(namespace);
    }
  }
  return allowed;
}
