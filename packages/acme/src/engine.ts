import { AccountKeeper } from './account-keeper.ts';
import { systemClock } from './clock.ts';
import { AcmeError } from './errors.ts';
import { certificateId, nameSet } from './keys/certificate-id.ts';
import { parseHostName } from './keys/host-name.ts';
import type { OrderOutcome } from './order/outcome.ts';
import type { OrderDeps } from './order/run-context.ts';
import { runOrder } from './order/run-order.ts';
import { SavedOrder } from './order/saved-order.ts';
import { planCertificate, planCertificates, type CertificatePlan, type Wanted } from './plan/plan.ts';
import type { AcmeStore, CertificatePublisher, ChallengeReadiness, Clock, OnCheckpoint } from './ports.ts';
import type { CertificateAuthority } from './protocol/certificate-authority.ts';

export interface EngineOptions {
  readonly ca: CertificateAuthority;
  readonly store: AcmeStore;
  readonly publisher: CertificatePublisher;
  readonly readiness: ChallengeReadiness;
  /** The leadership term, written into every record. */
  readonly epoch: number;
  /** What the CA may write to, for instance `mailto:platform@example.com`. Default none. */
  readonly contact?: readonly string[];
  /** The CA's name for a kind of certificate, as its directory lists them. Default: the CA's choice. */
  readonly profile?: string;
  /** How long one call of {@link Engine.run} may take before the order is put off, in milliseconds. Default 5 minutes. */
  readonly orderTimeoutMs?: number;
  readonly clock?: Clock;
  /** Uniform in [0, 1): spreads retries. */
  readonly random?: () => number;
  readonly onCheckpoint?: OnCheckpoint;
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
  run(names: readonly string[], signal: AbortSignal): Promise<OrderOutcome>;
}

const DEFAULT_ORDER_TIMEOUT_MS = 5 * 60_000;

export function createEngine(options: EngineOptions): Engine {
  const { ca, store, epoch, contact = [], onCheckpoint } = options;
  const deps: OrderDeps = {
    directoryUrl: ca.directoryUrl,
    accounts: new AccountKeeper({ ca, accounts: store.accounts, epoch, contact }),
    store,
    publisher: options.publisher,
    readiness: options.readiness,
    epoch,
    profile: options.profile,
    orderTimeoutMs: options.orderTimeoutMs ?? DEFAULT_ORDER_TIMEOUT_MS,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    reach: async (checkpoint, id) => onCheckpoint?.(checkpoint, id),
  };
  const underWay = new Map<string, Promise<OrderOutcome>>();

  async function decideAndRun(id: string, names: readonly string[], signal: AbortSignal): Promise<OrderOutcome> {
    const [order, certificate] = await Promise.all([
      store.orders.load(id, signal),
      store.certificates.load(id, signal),
    ]);
    const known = { ca: ca.directoryUrl, certificate: certificate?.record, order: order?.record };
    const decision = planCertificate(known, deps.clock.now());
    if (decision.kind === 'wait') return { kind: 'not-due', until: decision.until };
    return runOrder(new SavedOrder(id, store.orders, order), names, deps, signal);
  }

  return {
    async plan(wanted, signal) {
      const [certificates, orders] = await Promise.all([store.certificates.list(signal), store.orders.list(signal)]);
      const observed = {
        ca: ca.directoryUrl,
        wanted,
        certificates: certificates.map(({ record }) => record),
        orders: orders.map(({ record }) => record),
      };
      return planCertificates(observed, deps.clock.now());
    },

    async run(names, signal) {
      if (names.length === 0) throw new AcmeError('BAD_NAME', 'planning a certificate for no names at all');
      const checked = nameSet(names.map(checkedName));
      const id = certificateId(checked);
      const running = underWay.get(id);
      if (running !== undefined) return running;
      const run = decideAndRun(id, checked, signal).finally(() => underWay.delete(id));
      underWay.set(id, run);
      return run;
    },
  };
}

function checkedName(text: string): string {
  const host = parseHostName(text);
  if (host.kind === 'name') return host.name;
  throw new AcmeError('BAD_NAME', `planning a certificate for ${JSON.stringify(text.slice(0, 300))}: ${host.reason}`);
}
