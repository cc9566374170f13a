import { systemClock } from './clock.ts';
import { AcmeError } from './errors.ts';
import { Exclusion } from './exclusion.ts';
import { Issuer, type IssuerOptions } from './issuers/issuer.ts';
import { Issuers, type Chosen } from './issuers/issuers.ts';
import { certificateId, nameSet } from './keys/certificate-id.ts';
import { parseHostName } from './keys/host-name.ts';
import { holdBack } from './order/hold-back.ts';
import type { OrderOutcome } from './order/outcome.ts';
import { runOrder } from './order/run-order.ts';
import { SavedOrder } from './order/saved-order.ts';
import { StoreRefused } from './order/store-refused.ts';
import { RenewalPace } from './plan/renewal-pace.ts';
import { planCertificate, planCertificates, type CertificatePlan, type Wanted } from './plan/plan.ts';
import type {
  AcmeStore,
  CertificatePublisher,
  ChallengeReadiness,
  Checkpoint,
  Clock,
  DnsChallenges,
  OnCheckpoint,
  PersistChallenges,
  Preflight,
} from './ports.ts';
import type { CertificateRecord, OrderRecord } from './records.ts';
import { Revocations, type Gateways, type Settled } from './revocation/revocations.ts';
import { FairShare } from './schedule/fair-share.ts';
import { needsAt, planTurns } from './schedule/plan-turns.ts';
import { countTurn } from './schedule/schedule.ts';

export interface EngineOptions {
  /** The CAs that certificates may come from, the one that is asked first at the beginning; at least one. */
  readonly issuers: readonly IssuerOptions[];
  readonly store: AcmeStore;
  readonly publisher: CertificatePublisher;
  readonly readiness: ChallengeReadiness;
  /** With it names are proven by DNS-01, and wildcards can be; without it by HTTP-01. */
  readonly dns?: DnsChallenges | undefined;
  /** With it names are proven by DNS-PERSIST-01, and wildcards can be. */
  readonly persist?: PersistChallenges | undefined;
  /** Looks at names before their first order, which is not made while they lead elsewhere. Default: nobody looks. */
  readonly preflight?: Preflight | undefined;
  /** The leadership term, written into every record. */
  readonly epoch: number;
  /** How long one call of {@link Engine.run} may take before the order is put off, in milliseconds. Default 5 minutes. */
  readonly orderTimeoutMs?: number;
  readonly clock?: Clock;
  /** Uniform in [0, 1): spreads retries. */
  readonly random?: () => number;
  readonly onCheckpoint?: OnCheckpoint;
  /** How many times faster renewals that fall due together follow each other. Default 1: one a second. */
  readonly haste?: number | undefined;
}

/** One certificate to be obtained. */
export interface OrderWish {
  readonly names: readonly string[];
  /** Whose turn it is. */
  readonly namespace: string;
  /** The CA's name for a kind of certificate, as its directory lists them. Default: the CA's choice. */
  readonly profile?: string | undefined;
}

/** Valid for one leadership term. Keeps nothing that matters: a new engine on the same store goes on where this one was broken off. */
export interface Engine {
  /** Reads the store and decides what is due for what is wanted now. */
  plan(wanted: readonly Wanted[], signal: AbortSignal): Promise<readonly CertificatePlan[]>;
  /**
   * Brings one set of names as far as it can: begins or resumes its order if one is due. Safe to call at any time and repeatedly: it
   * decides from the store, not from a plan made before, and a second call for names under way shares the first one's outcome.
   * @throws AcmeError `BAD_NAME` for names that {@link parseHostName} refuses; the signal's reason when aborted; what the store or the
   * publisher threw: the order is then resumed by the next call.
   */
  run(wish: OrderWish, signal: AbortSignal): Promise<OrderOutcome>;
  /**
   * Has the CAs revoke what is to be revoked. What another certificate takes the place of is not touched before `isServed` says of the
   * other, and what nobody asks for not before the gateways have let it go.
   * @throws what the store threw; the signal's reason when aborted.
   */
  revoke(gateways: Gateways, signal: AbortSignal): Promise<Settled>;
  /**
   * Gives our account at each CA another key, when no order is under way; orders that come meanwhile wait. One that breaks off is brought to
   * its end before the account's next order.
   * @throws what the store threw; the signal's reason when aborted.
   */
  rollAccountKeys(signal: AbortSignal): Promise<Rolled>;
}

export interface Rolled {
  /** Directory URLs of the CAs where the account has another key now. */
  readonly rolled: readonly string[];
  readonly failed: readonly AcmeError[];
}

const DEFAULT_ORDER_TIMEOUT_MS = 5 * 60_000;

export function createEngine(options: EngineOptions): Engine {
  const { store, epoch, onCheckpoint, clock = systemClock } = options;
  const issuers = new Issuers(
    options.issuers.map((issuer) => new Issuer(issuer, { store, epoch, clock })),
    clock,
  );
  const common = {
    store,
    publisher: options.publisher,
    readiness: options.readiness,
    dns: options.dns,
    persist: options.persist,
    epoch,
    orderTimeoutMs: options.orderTimeoutMs ?? DEFAULT_ORDER_TIMEOUT_MS,
    clock,
    random: options.random ?? Math.random,
    reach: async (checkpoint: Checkpoint, id: string) => onCheckpoint?.(checkpoint, id),
  };
  const share = new FairShare();
  const pace = new RenewalPace(options.haste);
  const exclusion = new Exclusion();
  const underWay = new Map<string, Promise<OrderOutcome>>();

  async function decideAndRun(id: string, wish: OrderWish, signal: AbortSignal): Promise<OrderOutcome> {
    const [order, certificate] = await Promise.all([
      store.orders.load(id, signal),
      store.certificates.load(id, signal),
    ]);
    const known = { certificate: certificate?.record, order: order?.record };
    const { directoryUrls, unavailable } = issuers;
    const decision = planCertificate({ ...known, issuers: directoryUrls, unavailable }, clock.now());
    if (decision.kind === 'wait') return { kind: 'not-due', until: decision.until };
    const saved = new SavedOrder(id, store.orders, order);
    // Who has a certificate has proven the names before: our own sight, should it be wrong, must not let it end.
    if (decision.kind === 'issue' && decision.reason === 'NoCertificate') {
      const held = await heldBack(saved, wish, signal);
      if (held !== undefined) return held;
    }
    const chosen = await choose(decision.kind, known, wish, signal);
    if (chosen.kind === 'wait') return { kind: 'not-due', until: chosen.until };
    return runAt(chosen.issuer, saved, wish, signal);
  }

  async function heldBack(
    saved: SavedOrder,
    { names }: OrderWish,
    signal: AbortSignal,
  ): Promise<OrderOutcome | undefined> {
    const { preflight } = options;
    if (preflight === undefined) return undefined;
    const { random } = common;
    try {
      return await holdBack(
        saved,
        names,
        { preflight, ca: issuers.directoryUrls[0] ?? '', epoch, clock, random },
        signal,
      );
    } catch (error) {
      if (error instanceof StoreRefused) return { kind: error.kind };
      throw error;
    }
  }

  async function choose(
    kind: 'issue' | 'resume',
    { certificate, order }: { certificate: CertificateRecord | undefined; order: OrderRecord | undefined },
    { names, namespace }: OrderWish,
    signal: AbortSignal,
  ): Promise<Chosen> {
    if (kind === 'issue') {
      const chosen = await issuers.reserve(names, certificate, signal);
      if (chosen.kind === 'chosen') {
        const { directoryUrl } = chosen.issuer;
        const needs = needsAt({ directoryUrl, ledger: await chosen.issuer.ledger(signal) }, names, certificate);
        countTurn(share, { id: certificateId(names), namespace, needs });
      }
      return chosen;
    }
    // It was paid for when it began.
    const issuer = issuers.of(order?.ca ?? '');
    if (issuer === undefined) throw new TypeError(`order ${order?.id ?? ''} goes on at a CA that is not in use`);
    const until = issuer.breaker.closedUntil(clock.now().getTime());
    return until === undefined ? { kind: 'chosen', issuer } : { kind: 'wait', until: new Date(until) };
  }

  async function runAt(issuer: Issuer, saved: SavedOrder, { names, profile }: OrderWish, signal: AbortSignal) {
    const { directoryUrl, accounts, orphans, pace } = issuer;
    const deps = { ...common, directoryUrl, accounts, orphans, pace, profile, ledger: await issuer.ledger(signal) };
    issuer.breaker.begin();
    try {
      return await runOrder(saved, names, deps, signal);
    } finally {
      issuer.breaker.undecided();
    }
  }

  const revocations = new Revocations({ issuers, certificates: store.certificates, clock, random: common.random });

  return {
    revoke: (gateways, signal) => exclusion.beside(() => revocations.settle(gateways, signal)),

    rollAccountKeys: (signal) =>
      exclusion.alone(async () => {
        const rolled: string[] = [];
        const failed: AcmeError[] = [];
        for (const { accounts, directoryUrl } of issuers.all) {
          try {
            if (await accounts.roll(signal)) rolled.push(directoryUrl);
          } catch (error) {
            if (!(error instanceof AcmeError)) throw error;
            failed.push(error);
          }
        }
        return { rolled, failed };
      }),

    async plan(wanted, signal) {
      const [certificates, orders, open] = await Promise.all([
        store.certificates.list(signal),
        store.orders.list(signal),
        issuers.open(signal),
      ]);
      const now = clock.now();
      const observed = {
        issuers: issuers.directoryUrls,
        unavailable: issuers.unavailable,
        wanted,
        certificates: certificates.map(({ record }) => record),
        orders: orders.map(({ record }) => record),
      };
      const byId = new Map(certificates.map(({ record }) => [record.id, record]));
      const turns = { open, nextOpen: issuers.nextOpen, certificates: byId, share, now: now.getTime() };
      return planTurns(inPace(planCertificates(observed, now), byId, pace, now), turns);
    },

    async run(wish, signal) {
      if (wish.names.length === 0) throw new AcmeError('BAD_NAME', 'planning a certificate for no names at all');
      const names = nameSet(
        wish.names.map((name) => checkedName(name, options.dns !== undefined || options.persist !== undefined)),
      );
      const id = certificateId(names);
      const running = underWay.get(id);
      if (running !== undefined) return running;
      const decided = exclusion.beside(() => decideAndRun(id, { ...wish, names }, signal));
      const run = decided.finally(() => underWay.delete(id));
      underWay.set(id, run);
      return run;
    },
  };
}

/** Renewals that are not to begin yet count as not due. */
function inPace(
  plans: readonly CertificatePlan[],
  certificates: ReadonlyMap<string, CertificateRecord>,
  pace: RenewalPace,
  now: Date,
): CertificatePlan[] {
  const due = plans.flatMap((plan) =>
    plan.kind === 'issue' && plan.reason === 'Due' ? (certificates.get(plan.id) ?? []) : [],
  );
  const beginAt = pace.beginAt(due, now.getTime());
  return plans.map((plan) => {
    const at = beginAt.get(plan.id) ?? 0;
    if (at <= now.getTime()) return plan;
    return { ...plan, kind: 'wait', reason: 'Valid', until: new Date(at) };
  });
}

function checkedName(text: string, wildcards: boolean): string {
  const host = parseHostName(text, { wildcards });
  if (host.kind === 'name') return host.name;
  throw new AcmeError('BAD_NAME', `planning a certificate for ${JSON.stringify(text.slice(0, 300))}: ${host.reason}`);
}
