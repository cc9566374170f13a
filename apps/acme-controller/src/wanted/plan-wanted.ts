import { nameSet, parseHostName } from '@gatefleet/acme';
import { checkHost } from '@gatefleet/traefik-config';
import { reservedUntil, type HostOwner } from './host-owner.ts';
import { isCoveredBySecret, type Ingress, type Notice } from './ingress.ts';
import { mayClaim, type Tenancy } from './tenancy.ts';
import { isWithin } from './zone.ts';

export interface Claims {
  readonly ingresses: readonly Ingress[];
  readonly ingressClass: string;
  /** Zones of this environment. */
  readonly zones: readonly string[];
  readonly tenancy: Tenancy;
  /** Whether a wildcard can be proven. */
  readonly wildcards: boolean;
  /** By host, as recorded. */
  readonly owners: ReadonlyMap<string, HostOwner>;
}

export interface WantedCertificate {
  readonly names: readonly string[];
  readonly ingress: Ingress;
}

export interface WantedPlan {
  /** One for each Ingress that has hosts of its own to be served. */
  readonly certificates: readonly WantedCertificate[];
  readonly notices: readonly Notice[];
  /** Hosts whose owner is another than recorded; undefined: nobody's any more. */
  readonly owners: ReadonlyMap<string, HostOwner | undefined>;
  /** When the first host that nobody asks for is free for others. */
  readonly nextFree: Date | undefined;
}

/** The least that public CAs take in one certificate. */
export const MAX_NAMES = 100;

type Rules = Pick<Claims, 'zones' | 'tenancy' | 'wildcards'>;

type Refusal = { readonly reason: string; readonly message: string };

/** Decides what is to be issued for whom. The oldest Ingress comes first, so the order of events changes nothing. */
export function planWanted({ ingresses, ingressClass, owners, ...rules }: Claims, now: Date): WantedPlan {
  const candidates = ingresses.filter(({ className }) => className === ingressClass).sort(byAge);
  const holders = holdersOf(candidates, { ...rules, owners }, now);
  const certificates: WantedCertificate[] = [];
  const notices: Notice[] = [];
  const asked = new Set<string>();

  for (const ingress of candidates) {
    const names: string[] = [];
    for (const host of nameSet(ingress.hosts.filter((name) => !isCoveredBySecret(name, ingress.tls)))) {
      const refusal = refuse(host, ingress.namespace, rules) ?? refuseOwner(host, holders.get(host), ingress.namespace);
      if (refusal !== undefined) {
        notices.push({ ingress, type: 'Warning', ...refusal });
        continue;
      }
      asked.add(host);
      if (!holders.has(host)) holders.set(host, { namespace: ingress.namespace, isReserved: false });
      names.push(host);
    }
    if (names.length > MAX_NAMES) {
      const message = `${names.length} hosts are more than one certificate can hold (${MAX_NAMES}); split this Ingress.`;
      notices.push({ ingress, type: 'Warning', reason: 'TooManyHosts', message });
    } else if (names.length > 0) {
      certificates.push({ names, ingress });
    }
  }
  const changed = changedOwners(asked, holders, owners, now);
  return { certificates, notices, owners: changed, nextFree: nextFree(new Map([...owners, ...changed])) };
}

function byAge(a: Ingress, b: Ingress): number {
  const [left, right] = [a, b].map(({ createdAt, namespace, name }) => `${createdAt}\n${namespace}\n${name}`);
  return (left ?? '') < (right ?? '') ? -1 : 1;
}

interface Holder {
  readonly namespace: string;
  /** Nobody there asks for it at present. */
  readonly isReserved: boolean;
}

/** An owner keeps a host for as long as one of its Ingresses has it, however young, and for a while after. */
function holdersOf(
  ingresses: readonly Ingress[],
  { owners, ...rules }: Rules & Pick<Claims, 'owners'>,
  now: Date,
): Map<string, Holder> {
  const holders = new Map<string, Holder>();
  for (const [host, owner] of owners) {
    // A host of the last Ingress that went just now is reserved too, from now on.
    const until = reservedUntil(owner);
    const isFree = until !== undefined && until <= now;
    if (isFree || refuse(host, owner.namespace, rules) !== undefined) continue;
    holders.set(host, { namespace: owner.namespace, isReserved: true });
  }
  for (const { namespace, hosts, tls } of ingresses) {
    for (const host of hosts) {
      if (holders.get(host)?.namespace !== namespace || isCoveredBySecret(host, tls)) continue;
      holders.set(host, { namespace, isReserved: false });
    }
  }
  return holders;
}

function changedOwners(
  asked: ReadonlySet<string>,
  holders: ReadonlyMap<string, Holder>,
  owners: ReadonlyMap<string, HostOwner>,
  now: Date,
): Map<string, HostOwner | undefined> {
  const changed = new Map<string, HostOwner | undefined>();
  const at = now.toISOString();
  for (const host of asked) {
    const namespace = holders.get(host)?.namespace ?? '';
    const owner = owners.get(host);
    if (owner?.namespace !== namespace) changed.set(host, { namespace, claimedAt: at });
    else if (owner.releasedAt !== undefined) changed.set(host, { namespace, claimedAt: owner.claimedAt });
  }
  for (const [host, owner] of owners) {
    if (asked.has(host)) continue;
    if (!holders.has(host)) changed.set(host, undefined);
    else if (owner.releasedAt === undefined) changed.set(host, { ...owner, releasedAt: at });
  }
  return changed;
}

function nextFree(owners: ReadonlyMap<string, HostOwner | undefined>): Date | undefined {
  let next: Date | undefined;
  for (const owner of owners.values()) {
    const until = owner && reservedUntil(owner);
    if (until !== undefined && (next === undefined || until < next)) next = until;
  }
  return next;
}

function refuse(host: string, namespace: string, { zones, tenancy, wildcards }: Rules): Refusal | undefined {
  const check = checkHost(host, { wildcards });
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
  const name = parseHostName(host, { wildcards });
  if (name.kind === 'refused') {
    return { reason: 'InvalidHost', message: `No certificate for ${host}: ${name.reason}.` };
  }
  return undefined;
}

function refuseOwner(host: string, holder: Holder | undefined, namespace: string): Refusal | undefined {
  if (holder === undefined || holder.namespace === namespace) return undefined;
  // Whose it is stays untold: teams need not know of each other.
  return holder.isReserved
    ? {
        reason: 'HostReserved',
        message: `No certificate for ${host} yet: another namespace had this host until a short while ago, and it is kept for it for 24 hours.`,
      }
    : { reason: 'HostTaken', message: `No certificate for ${host}: another namespace had this host first.` };
}

/** What may be hostile is cut, and escaped as JSON does it. */
function shown(host: string): string {
  return JSON.stringify(host.slice(0, 80)) + (host.length > 80 ? '…' : '');
}
