import { covers, lowerCase, type Ingress } from '../wanted/ingress.ts';

/** Whether a rule with a wildcard serves the host, and none that names it. */
export function isRoutedByWildcard(host: string, ingresses: readonly Ingress[], ingressClass: string): boolean {
  let isRouted = false;
  for (const { className, hosts } of ingresses) {
    if (className !== ingressClass) continue;
    for (const name of hosts.map(lowerCase)) {
      if (name === host) return false;
      isRouted ||= covers(name, host);
    }
  }
  return isRouted;
}
