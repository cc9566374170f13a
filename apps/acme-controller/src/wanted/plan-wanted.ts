import { nameSet, parseHostName } from '@gatefleet/acme';
import { checkHost } from '@gatefleet/traefik-config';
import { isCoveredBySecret, type Ingress, type Notice } from './ingress.ts';
import { mayClaim, type Tenancy } from './tenancy.ts';
import { isWithin } from './zone.ts';

export interface Claims {
  readonly ingresses: readonly Ingress[];
  readonly ingressClass: string;
  /** Zones of this environment. */
  readonly zones: readonly string[];
  readonly tenancy: Tenancy;
  /** Owning namespace by host, as recorded. */
  readonly owners: ReadonlyMap<string, string>;
}

export interface WantedCertificate {
  readonly names: readonly string[];
  readonly ingress: Ingress;
}

export interface WantedPlan {
  /** One for each Ingress that has hosts of its own to be served. */
  readonly certificates: readonly WantedCertificate[];
  readonly notices: readonly Notice[];
  /** Hosts that get an owner, with its namespace. */
  readonly claims: ReadonlyMap<string, string>;
  /** Hosts that nobody of the owning namespace asks for any more. */
  readonly releases: readonly string[];
}

/** The least that public CAs take in one certificate. */
export const MAX_NAMES = 100;

type Refusal = { readonly reason: string; readonly message: string };

/** Decides what is to be issued for whom. The oldest Ingress comes first, so the order of events changes nothing. */
export function planWanted({ ingresses, ingressClass, zones, tenancy, owners }: Claims): WantedPlan {
  const claims = new Map<string, string>();
  const held = new Set<string>();
  const certificates: WantedCertificate[] = [];
  const notices: Notice[] = [];
  const candidates = ingresses.filter(({ className }) => className === ingressClass).sort(byAge);
  const ownersNow = ownersWhoStillAsk(candidates, { zones, tenancy, owners });

  for (const ingress of candidates) {
    const names: string[] = [];
    for (const host of nameSet(ingress.hosts.filter((name) => !isCoveredBySecret(name, ingress.tls)))) {
      const owner = ownersNow.get(host) ?? claims.get(host) ?? ingress.namespace;
      const refusal =
        refuse(host, ingress.namespace, { zones, tenancy }) ?? refuseOwner(host, owner, ingress.namespace);
      if (refusal !== undefined) {
        notices.push({ ingress, type: 'Warning', ...refusal });
        continue;
      }
      held.add(host);
      if (owners.get(host) !== ingress.namespace) claims.set(host, ingress.namespace);
      names.push(host);
    }
    if (names.length > MAX_NAMES) {
      const message = `${names.length} hosts are more than one certificate can hold (${MAX_NAMES}); split this Ingress.`;
      notices.push({ ingress, type: 'Warning', reason: 'TooManyHosts', message });
    } else if (names.length > 0) {
      certificates.push({ names, ingress });
    }
  }
  return { certificates, notices, claims, releases: [...owners.keys()].filter((host) => !held.has(host)) };
}

function byAge(a: Ingress, b: Ingress): number {
  const [left, right] = [a, b].map(({ createdAt, namespace, name }) => `${createdAt}\n${namespace}\n${name}`);
  return (left ?? '') < (right ?? '') ? -1 : 1;
}

/** An owner keeps a host for as long as one of its Ingresses has it, however young. */
function ownersWhoStillAsk(
  ingresses: readonly Ingress[],
  { owners, ...rules }: Pick<Claims, 'zones' | 'tenancy' | 'owners'>,
): Map<string, string> {
  const asking = new Map<string, string>();
  for (const { namespace, hosts, tls } of ingresses) {
    for (const host of hosts) {
      if (owners.get(host) !== namespace || isCoveredBySecret(host, tls)) continue;
      if (refuse(host, namespace, rules) === undefined) asking.set(host, namespace);
    }
  }
  return asking;
}

function refuse(
  host: string,
  namespace: string,
  { zones, tenancy }: Pick<Claims, 'zones' | 'tenancy'>,
): Refusal | undefined {
  const check = checkHost(host);
  if (check.kind === 'invalid') {
    return { reason: 'InvalidHost', message: `No certificate for ${shown(host)}: the host ${check.reason}.` };
  }
  if (!isWithin(host, zones)) {
    const message = `No certificate for ${host}: it is outside the domains of this environment (${zones.join(', ')}).`;
    return { reason: 'ForeignDomain', message };
  }
  if (!mayClaim(namespace, host, tenancy)) {
    const message = `No certificate for ${host}: its domain belongs to other namespaces in this environment.`;
    return { reason: 'ForbiddenDomain', message };
  }
  const name = parseHostName(host);
  if (name.kind === 'refused') {
    return { reason: 'InvalidHost', message: `No certificate for ${host}: ${name.reason}.` };
  }
  return undefined;
}

function refuseOwner(host: string, owner: string, namespace: string): Refusal | undefined {
  if (owner === namespace) return undefined;
  // Whose it is stays untold: teams need not know of each other.
  return { reason: 'HostTaken', message: `No certificate for ${host}: another namespace had this host first.` };
}

/** What may be hostile is cut, and escaped as JSON does it. */
function shown(host: string): string {
  return JSON.stringify(host.slice(0, 80)) + (host.length > 80 ? '…' : '');
}
