import { observedPlans, type CertificateRecord, type ObservedIssuer, type OrderRecord } from '@gatefleet/acme';
import type { CertificatesReport, GatewayReport, PersistIssuer } from '@gatefleet/certificate-report';
import type { KvStore } from '@gatefleet/consul-kv';
import type { Gateway, ListGateways } from '../kubernetes/gateway-list.ts';
import type { IngressSource } from '../kubernetes/ingress-source.ts';
import { leaderIdentity } from '../leadership/leader-value.ts';
import { readAway } from '../store/away-note.ts';
import { readHostOwners } from '../store/host-owners.ts';
import { LEADER } from '../store/keys.ts';
import { readLedger } from '../store/ledger-store.ts';
import { readHold } from '../store/ordering-hold.ts';
import type { SealedRecords } from '../store/sealed-records.ts';
import type { Quotas } from '../wanted/quotas.ts';
import type { Tenancy } from '../wanted/tenancy.ts';
import { passedOver } from '../wanted/passed-over.ts';
import { planWanted, type OnDemand } from '../wanted/plan-wanted.ts';
import { probeGateway } from './probe-gateway.ts';
import { reportCertificates } from './report.ts';

export interface ReportSources {
  readonly store: KvStore;
  readonly certificates: SealedRecords<CertificateRecord>;
  readonly orders: SealedRecords<OrderRecord>;
  readonly ingresses: IngressSource;
  readonly listGateways: ListGateways;
  readonly issuers: readonly Pick<ObservedIssuer, 'directoryUrl' | 'limits'>[];
  readonly zones: readonly string[];
  readonly tenancy: Tenancy;
  readonly quotas: Quotas;
  /** Domains of hosts that are served on demand, and how many may be; undefined where there are none. */
  readonly onDemandPolicy: Omit<OnDemand, 'hosts'> | undefined;
  readonly wildcards: boolean;
  /** With dns-persist-01. */
  readonly persistIssuers: ((signal: AbortSignal) => Promise<readonly PersistIssuer[]>) | undefined;
  readonly ingressClass: string;
}

/** Connections at once, over all gateways. */
const PROBES_AT_ONCE = 16;
const PROBE_TIMEOUT_MS = 3_000;
/** For all of them; the API server's proxy waits longer than this. */
const PROBING_TIMEOUT_MS = 20_000;

/** Looks at the store and asks every gateway for every wanted certificate. Any replica can. */
export async function certificatesReport(sources: ReportSources, signal: AbortSignal): Promise<CertificatesReport> {
  const {
    store,
    certificates,
    orders,
    ingresses,
    issuers,
    zones,
    tenancy,
    quotas,
    wildcards,
    ingressClass,
    onDemandPolicy,
  } = sources;
  const [owners, kept, underWay, lock, hold, caAwayUntil, gateways] = await Promise.all([
    readHostOwners(store, signal),
    certificates.list(signal),
    orders.list(signal),
    store.get(LEADER, signal),
    readHold(store, signal),
    readAway(store, signal),
    sources.listGateways(signal),
  ]);
  // What the leader has seen is recorded.
  const onDemand = onDemandPolicy && { ...onDemandPolicy, hosts: [] };
  const claims = {
    ingresses: ingresses.current() ?? [],
    ingressClass,
    zones,
    tenancy,
    quotas,
    wildcards,
    onDemand,
    owners,
  };
  const now = new Date();
  const wanted = planWanted(claims, now);
  const records = {
    certificates: kept.map(({ record }) => record),
    orders: underWay.map(({ record }) => record),
  };
  const observed = await Promise.all(
    issuers.map(async (issuer) => ({ ...issuer, buckets: await readLedger(store, issuer.directoryUrl, signal) })),
  );
  const asked = wanted.certificates.map(({ names, ingress: { namespace, name } }) => {
    return { names, namespace, owner: `${namespace}/${name}` };
  });
  const told = reportCertificates({
    ...records,
    wanted: wanted.certificates,
    plans: observedPlans({ ...records, wanted: asked }, observed, now),
    ca: issuers[0]?.directoryUrl ?? '',
  });
  const persistIssuers = await sources.persistIssuers?.(signal);
  const probe = prober(AbortSignal.any([signal, AbortSignal.timeout(PROBING_TIMEOUT_MS)]));
  const leader = lock?.session === undefined ? undefined : leaderIdentity(lock.value);
  return {
    generatedAt: now.toISOString(),
    ...(leader !== undefined && { leader }),
    ...(caAwayUntil !== undefined && { caAwayUntil }),
    ...(hold.kind === 'held' && { hold: { reason: hold.reason, since: hold.since } }),
    ...(persistIssuers !== undefined && { persistIssuers: [...persistIssuers] }),
    certificates: await Promise.all(
      told.map(async (one) => {
        const isServed = one.state !== 'retained' && one.current !== undefined;
        const probes = isServed ? gateways.map((gateway) => probe(gateway, probeName(one.names[0] ?? ''))) : [];
        return { ...one, gateways: await Promise.all(probes) };
      }),
    ),
    refused: wanted.notices.map(({ ingress: { namespace, name }, reason, message }) => {
      return { namespace, ingress: name, reason, message };
    }),
    passedOver: passedOver(claims.ingresses, ingressClass).map(({ ingress: { namespace, name }, host, why }) => {
      return { namespace, ingress: name, host, why };
    }),
  };
}

/** A host that a wildcard covers. */
function probeName(name: string): string {
  return name.replace(/^\*/, 'gatefleet-probe');
}

function prober(signal: AbortSignal): (gateway: Gateway, name: string) => Promise<GatewayReport> {
  let free = PROBES_AT_ONCE;
  const waiting: (() => void)[] = [];
  return async (gateway, name) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
    const { pod, node, host, port } = gateway;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)]);
    const result = await probeGateway(gateway, name, limit);
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
    const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    return { pod, ...(node !== undefined && { node }), address, result };
  };
}
