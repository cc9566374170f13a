import { parseHostName } from '@gatefleet/acme';
import { checkHost } from '@gatefleet/traefik-config';
import { reservedUntil, type HostOwner } from './host-owner.ts';
import { parseChoices, shown, type Choices } from './choices.ts';
import { Holders, type Holder } from './holders.ts';
import { isCoveredBySecret, lowerCase, type Ingress, type Notice } from './ingress.ts';
import { quotaOf, type Quotas } from './quotas.ts';
import { mayClaim, type Tenancy } from './tenancy.ts';
import { isWithin } from './zone.ts';

export interface Claims {
  readonly ingresses: readonly Ingress[];
  readonly ingressClass: string;
  /** Zones of this environment. */
  readonly zones: readonly string[];
  readonly tenancy: Tenancy;
  readonly quotas: Quotas;
  /** Whether a wildcard can be proven. */
  readonly wildcards: boolean;
  /** By host, as recorded. */
  readonly owners: ReadonlyMap<string, HostOwner>;
}

export interface WantedCertificate {
  readonly names: readonly string[];
  readonly ingress: Ingress;
  /** What the Ingress chose; the environment's choice where undefined. */
  readonly profile?: string | undefined;
}

export interface WantedPlan {
  /** One for each Ingress that has hosts of its own to be served, or one for each of its hosts. */
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

/** What an Ingress asks for. */
interface Ask {
  readonly ingress: Ingress;
  readonly choices: Choices;
  /** In lower case and in order, each once: without those that a Secret of its own serves. */
  readonly hosts: readonly string[];
}

/** Decides what is to be issued for whom. The oldest Ingress comes first, so the order of events changes nothing. */
export function planWanted({ ingresses, ingressClass, owners, quotas, ...rules }: Claims, now: Date): WantedPlan {
  const notices: Notice[] = [];
  const warn = (ingress: Ingress, refusal: Refusal) => notices.push({ ingress, type: 'Warning', ...refusal });
  const asks: Ask[] = [];
  for (const ingress of ingresses.filter(({ className }) => className === ingressClass).sort(byAge)) {
    const { choices, faults } = parseChoices(ingress.annotations);
    for (const message of faults) warn(ingress, { reason: 'InvalidAnnotation', message });
    asks.push({ ingress, choices, hosts: choices.isOff ? [] : hostsOf(ingress) });
  }
  const holders = holdersOf(asks, { ...rules, owners }, now);
  const inUse = holders.inUse();
  const certificates: WantedCertificate[] = [];
  const asked = new Set<string>();

  for (const { ingress, choices, hosts } of asks) {
    const { namespace } = ingress;
    const names: string[] = [];
    for (const host of hosts) {
      const refusal =
        refuse(host, namespace, rules) ??
        refuseOwner(host, holders.rival(host, namespace)) ??
        // What a namespace has it keeps, whatever its quota became.
        (holders.of(host) === undefined ? refuseQuota(host, namespace, inUse, quotas) : undefined);
      if (refusal !== undefined) {
        warn(ingress, refusal);
        continue;
      }
      asked.add(host);
      names.push(host);
      if (holders.of(host) !== undefined) continue;
      holders.set(host, { namespace, isReserved: false });
      inUse.set(namespace, (inUse.get(namespace) ?? 0) + 1);
    }
    const certificate = { ingress, ...(choices.profile !== undefined && { profile: choices.profile }) };
    if (choices.names === 'apart') {
      certificates.push(...names.map((name) => ({ names: [name], ...certificate })));
    } else if (names.length > MAX_NAMES) {
      const message = `${names.length} hosts are more than one certificate can hold (${MAX_NAMES}); split this Ingress, or annotate it with gatefleet.dev/names: apart.`;
      warn(ingress, { reason: 'TooManyHosts', message });
    } else if (names.length > 0) {
      certificates.push({ names, ...certificate });
    }
  }
  const changed = changedOwners(asked, holders, owners, now);
  return { certificates, notices, owners: changed, nextFree: nextFree(new Map([...owners, ...changed])) };
}

function byAge(a: Ingress, b: Ingress): number {
  const [left, right] = [a, b].map(({ createdAt, namespace, name }) => `${createdAt}\n${namespace}\n${name}`);
  return (left ?? '') < (right ?? '') ? -1 : 1;
}

function hostsOf({ hosts, tls }: Ingress): readonly string[] {
  const spelled = new Set(hosts.map(lowerCase));
  return [...spelled].filter((host) => !isCoveredBySecret(host, tls)).sort();
}

/** An owner keeps a host for as long as one of its Ingresses has it, however young, and for a while after. */
function holdersOf(asks: readonly Ask[], { owners, ...rules }: Rules & Pick<Claims, 'owners'>, now: Date): Holders {
  const holders = new Holders();
  for (const [host, owner] of owners) {
    // A host of the last Ingress that went just now is reserved too, from now on.
    const until = reservedUntil(owner);
    const isFree = until !== undefined && until <= now;
    if (isFree || refuse(host, owner.namespace, rules) !== undefined) continue;
    holders.set(host, { namespace: owner.namespace, isReserved: true });
  }
  for (const { ingress, hosts } of asks) {
    for (const host of hosts) {
      if (holders.of(host)?.namespace === ingress.namespace) {
        holders.set(host, { namespace: ingress.namespace, isReserved: false });
      }
    }
  }
  return holders;
}

function changedOwners(
  asked: ReadonlySet<string>,
  holders: Holders,
  owners: ReadonlyMap<string, HostOwner>,
  now: Date,
): Map<string, HostOwner | undefined> {
  const changed = new Map<string, HostOwner | undefined>();
  const at = now.toISOString();
  for (const host of asked) {
    const namespace = holders.of(host)?.namespace ?? '';
    const owner = owners.get(host);
    if (owner?.namespace !== namespace) changed.set(host, { namespace, claimedAt: at });
    else if (owner.releasedAt !== undefined) changed.set(host, { namespace, claimedAt: owner.claimedAt });
  }
  for (const [host, owner] of owners) {
    if (asked.has(host)) continue;
    if (holders.of(host) === undefined) changed.set(host, undefined);
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

function refuseOwner(host: string, rival: Holder | undefined): Refusal | undefined {
  if (rival === undefined) return undefined;
  // Whose it is stays untold: teams need not know of each other.
  return rival.isReserved
    ? {
        reason: 'HostReserved',
        message: `No certificate for ${host} yet: another namespace had this host until a short while ago, and it is kept for it for 24 hours.`,
      }
    : { reason: 'HostTaken', message: `No certificate for ${host}: another namespace had this host first.` };
}

function refuseQuota(
  host: string,
  namespace: string,
  inUse: ReadonlyMap<string, number>,
  quotas: Quotas,
): Refusal | undefined {
  const quota = quotaOf(namespace, quotas);
  if ((inUse.get(namespace) ?? 0) < quota) return undefined;
  const message = `No certificate for ${host}: this namespace has its ${quota} hosts already. Those who run the gateways can raise its quota.`;
  return { reason: 'QuotaExceeded', message };
}
