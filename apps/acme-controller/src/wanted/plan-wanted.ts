import { reservedUntil, type HostOwner } from './host-owner.ts';
import { parseChoices, shown, type Choices } from './choices.ts';
import { Holders, type Holder } from './holders.ts';
import { covers, isCoveredBySecret, lowerCase, type Ingress, type Notice } from './ingress.ts';
import { checkName } from './name-check.ts';
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
  /** Undefined where there are none on demand. */
  readonly onDemand: OnDemand | undefined;
  /** By host, as recorded. */
  readonly owners: ReadonlyMap<string, HostOwner>;
}

/** Hosts that no rule names, and that one with a wildcard serves. */
export interface OnDemand {
  /** Those that may have a certificate; what is recorded has one besides. */
  readonly hosts: readonly string[];
  /** What is recorded must be in one of these domains still; in any where there are none. */
  readonly domains: readonly string[];
  readonly limit: number;
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
  /** Those of its wildcard that were seen: a certificate each. */
  readonly seen: readonly string[];
}

/** Decides what is to be issued for whom. The oldest Ingress comes first, so the order of events changes nothing. */
export function planWanted(
  { ingresses, ingressClass, owners, quotas, onDemand, ...rules }: Claims,
  now: Date,
): WantedPlan {
  const notices: Notice[] = [];
  const warn = (ingress: Ingress, refusal: Refusal) => notices.push({ ingress, type: 'Warning', ...refusal });
  const all: Omit<Ask, 'seen'>[] = [];
  for (const ingress of byAge(ingresses.filter(({ className }) => className === ingressClass))) {
    const { choices, faults } = parseChoices(ingress.annotations);
    for (const message of faults) warn(ingress, { reason: 'InvalidAnnotation', message });
    all.push({ ingress, choices, hosts: choices.isOff ? [] : hostsOf(ingress) });
  }
  const asks = rules.wildcards || onDemand === undefined ? all.map(nothingSeen) : withSeen(all, onDemand, owners);
  const holders = holdersOf(asks, { ...rules, owners }, now);
  const inUse = holders.inUse();
  const certificates: WantedCertificate[] = [];
  const asked = new Set<string>();

  for (const { ingress, choices, hosts, seen } of asks) {
    const { namespace } = ingress;
    const names: string[] = [];
    for (const host of [...hosts, ...seen]) {
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
    const isApart = (name: string) => choices.names === 'apart' || seen.includes(name);
    const together = names.filter((name) => !isApart(name));
    certificates.push(...names.filter(isApart).map((name) => ({ names: [name], ...certificate })));
    if (together.length > MAX_NAMES) {
      const message = `${together.length} hosts are more than one certificate can hold (${MAX_NAMES}); split this Ingress, or annotate it with gatefleet.dev/names: apart.`;
      warn(ingress, { reason: 'TooManyHosts', message });
    } else if (together.length > 0) {
      certificates.push({ names: together, ...certificate });
    }
  }
  const onDemandHosts = new Set(asks.flatMap(({ seen }) => seen));
  const changed = changedOwners({ asked, holders, owners, onDemandHosts }, now);
  return { certificates, notices, owners: changed, nextFree: nextFree(new Map([...owners, ...changed])) };
}

/** The oldest first. */
function byAge(ingresses: readonly Ingress[]): readonly Ingress[] {
  const keyed = ingresses.map((ingress) => {
    const { createdAt, namespace, name } = ingress;
    return { ingress, key: `${createdAt}\n${namespace}\n${name}` };
  });
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ ingress }) => ingress);
}

function nothingSeen(ask: Omit<Ask, 'seen'>): Ask {
  return { ...ask, seen: [] };
}

/** Gives each wildcard what was seen of it. What is recorded comes before what is new, so that the limit takes nothing away. */
function withSeen(
  asks: readonly Omit<Ask, 'seen'>[],
  { hosts, domains, limit }: OnDemand,
  owners: Claims['owners'],
): readonly Ask[] {
  const named = new Set(asks.flatMap((ask) => ask.hosts));
  const recorded = [...owners].flatMap(([host, { isOnDemand }]) => (isOnDemand === true ? [host] : []));
  const isAllowed = (host: string) => domains.length === 0 || isWithin(host, domains);
  const candidates = [...new Set([...recorded.filter(isAllowed), ...hosts])].filter((host) => !named.has(host));
  let left = limit;
  const taken = new Set<string>();
  return asks.map((ask) => {
    const wildcards = ask.hosts.filter((host) => host.startsWith('*.'));
    const seen = candidates.filter((host) => !taken.has(host) && wildcards.some((wildcard) => covers(wildcard, host)));
    const granted = seen.slice(0, left);
    left -= granted.length;
    for (const host of granted) taken.add(host);
    return { ...ask, hosts: ask.hosts.filter((host) => !host.startsWith('*.')), seen: granted };
  });
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
  for (const { ingress, hosts, seen } of asks) {
    for (const host of [...hosts, ...seen]) {
      if (holders.of(host)?.namespace === ingress.namespace) {
        holders.set(host, { namespace: ingress.namespace, isReserved: false });
      }
    }
  }
  return holders;
}

interface Owned {
  readonly asked: ReadonlySet<string>;
  readonly holders: Holders;
  readonly owners: ReadonlyMap<string, HostOwner>;
  readonly onDemandHosts: ReadonlySet<string>;
}

function changedOwners(
  { asked, holders, owners, onDemandHosts }: Owned,
  now: Date,
): Map<string, HostOwner | undefined> {
  const changed = new Map<string, HostOwner | undefined>();
  const at = now.toISOString();
  for (const host of asked) {
    const namespace = holders.of(host)?.namespace ?? '';
    const owner = owners.get(host);
    const isOnDemand = onDemandHosts.has(host);
    const flag = isOnDemand ? { isOnDemand } : {};
    if (owner?.namespace !== namespace) changed.set(host, { namespace, claimedAt: at, ...flag });
    else if (owner.releasedAt !== undefined || (owner.isOnDemand === true) !== isOnDemand) {
      changed.set(host, { namespace, claimedAt: owner.claimedAt, ...flag });
    }
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
  const check = checkName(host, wildcards);
  if (check.kind === 'unusable') {
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
  if (check.kind === 'refused') {
    return { reason: 'InvalidHost', message: `No certificate for ${host}: ${check.reason}.` };
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
