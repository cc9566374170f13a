import { isWithin } from './zone.ts';

/** Which namespaces may claim hosts of some domains. Hosts of no entry are anybody's. */
export type Tenancy = readonly { readonly domains: readonly string[]; readonly namespaces: readonly string[] }[];

/** Whether a namespace may claim a host: the longest domain that the host is in decides. */
export function mayClaim(namespace: string, host: string, tenancy: Tenancy): boolean {
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
