import type { CertificatePlan, Checkpoint, OrderOutcome } from '@gatefleet/acme';
import { limitsOf, type CaLimits } from '@gatefleet/ca-limits';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { LedgerMetrics } from './ledger-metrics.ts';
import { LifeMetrics } from './life-metrics.ts';

/** Everything that Prometheus sees. Certificate and order figures are the leader's; on a standby they are absent. */
export class Metrics {
  readonly registry = new Registry();
  readonly #leader = new Gauge({
    name: 'gatefleet_leader',
    help: '1 on the replica that leads, else 0.',
    registers: [this.registry],
  });
  readonly #certificates = new Gauge({
    name: 'gatefleet_certificates',
    help: 'Wanted certificates by state, as the leader sees them.',
    labelNames: ['state'],
    registers: [this.registry],
  });
  readonly #nextRenewal = new Gauge({
    name: 'gatefleet_next_renewal_timestamp_seconds',
    help: 'When the first valid certificate falls due.',
    registers: [this.registry],
  });
  readonly #orders = new Counter({
    name: 'gatefleet_order_runs_total',
    help: 'Runs of orders by outcome.',
    labelNames: ['outcome'],
    registers: [this.registry],
  });
  readonly #orderSeconds = new Histogram({
    name: 'gatefleet_order_duration_seconds',
    help: 'From the start of a run to the published certificate, of runs that issued one.',
    buckets: [0.25, 0.5, 1, 2, 5, 10, 30, 60, 180],
    registers: [this.registry],
  });
  readonly #stageSeconds = new Histogram({
    name: 'gatefleet_order_stage_duration_seconds',
    help: 'From one checkpoint of an order to the next, by the one that was reached.',
    labelNames: ['checkpoint'],
    buckets: [0.01, 0.05, 0.25, 1, 2, 5, 15, 60, 300],
    registers: [this.registry],
  });
  readonly #queued = new Gauge({
    name: 'gatefleet_certificates_queued',
    help: 'Certificates that a limit of the CA holds up, by the kind of limit.',
    labelNames: ['limit'],
    registers: [this.registry],
  });
  readonly #queueEnds = new Gauge({
    name: 'gatefleet_queue_ends_timestamp_seconds',
    help: 'When the last certificate that a limit holds up has its turn; 0 where none waits.',
    registers: [this.registry],
  });
  readonly #reloads = new Counter({
    name: 'gatefleet_gateway_writes_total',
    help: 'Batches of changes, each of which makes every gateway reload.',
    registers: [this.registry],
  });
  readonly #published = new Counter({
    name: 'gatefleet_published_total',
    help: 'Certificates given to or taken from the gateways.',
    registers: [this.registry],
  });
  readonly #held = new Gauge({
    name: 'gatefleet_certificates_held',
    help: 'Certificates that nobody asks for, and that stay on the gateways because too many would go at once.',
    registers: [this.registry],
  });
  readonly #firstOrdersHeld = new Gauge({
    name: 'gatefleet_first_orders_held',
    help: 'Certificates that are not ordered for the first time until an administrator lets orders go on.',
    registers: [this.registry],
  });
  readonly #unpublishable = new Gauge({
    name: 'gatefleet_certificates_unpublishable',
    help: 'Kept certificates that are wanted, and that no gateway could serve.',
    registers: [this.registry],
  });
  readonly #toSealAnew = new Gauge({
    name: 'gatefleet_records_to_seal_anew',
    help: 'Records that may have another encryption key or format than the present one, and that are still to be sealed anew.',
    registers: [this.registry],
  });
  readonly #ordersPlaced = new Counter({
    name: 'gatefleet_orders_placed_total',
    help: 'Orders that the CA was asked for.',
    registers: [this.registry],
  });
  readonly #challenges = new Counter({
    name: 'gatefleet_challenge_requests_total',
    help: 'Requests to the challenge responder by status.',
    labelNames: ['status'],
    registers: [this.registry],
  });

  readonly lives = new LifeMetrics(this.registry);
  readonly ledger: LedgerMetrics;
  /** When each order that runs reached its last checkpoint. */
  readonly #reachedAt = new Map<string, number>();

  /** @param limits - of each CA, by its directory. Default: as they are known. */
  constructor(limits: (directoryUrl: string) => CaLimits = limitsOf) {
    this.ledger = new LedgerMetrics(this.registry, Date.now, limits);
    collectDefaultMetrics({ register: this.registry });
    this.#leader.set(0);
  }

  leading(isLeading: boolean): void {
    this.#leader.set(isLeading ? 1 : 0);
    if (isLeading) return;
    // Another replica's figures are the truth now; a last state that nobody updates would raise or hide alarms.
    this.#certificates.reset();
    this.#nextRenewal.set(0);
    this.#held.set(0);
    this.#firstOrdersHeld.set(0);
    this.#unpublishable.set(0);
    this.#toSealAnew.set(0);
    this.#queued.reset();
    this.#queueEnds.set(0);
    this.#reachedAt.clear();
    this.lives.served([]);
    this.ledger.forget();
  }

  held(certificates: number): void {
    this.#held.set(certificates);
  }

  firstOrdersHeld(certificates: number): void {
    this.#firstOrdersHeld.set(certificates);
  }

  unpublishable(certificates: number): void {
    this.#unpublishable.set(certificates);
  }

  toSealAnew(records: number): void {
    this.#toSealAnew.set(records);
  }

  planned(plans: readonly CertificatePlan[], running: ReadonlySet<string>): void {
    const count = { valid: 0, issuing: 0, failed: 0, waiting: 0 };
    const queued = new Map<string, number>();
    let next = Infinity;
    let queueEnds = 0;
    for (const plan of plans) {
      count[stateOf(plan, running)] += 1;
      if (plan.kind !== 'wait') continue;
      if (plan.reason === 'Valid') next = Math.min(next, plan.until.getTime());
      if (plan.reason !== 'RateLimited') continue;
      // The rest of a bucket's name is a host or a domain: there are too many for labels.
      const limit = plan.bucket?.split('/')[0] ?? 'other';
      queued.set(limit, (queued.get(limit) ?? 0) + 1);
      queueEnds = Math.max(queueEnds, plan.until.getTime());
    }
    this.#queued.reset();
    for (const [limit, certificates] of queued) this.#queued.set({ limit }, certificates);
    this.#queueEnds.set(queueEnds / 1_000);
    for (const [state, value] of Object.entries(count)) this.#certificates.set({ state }, value);
    this.#nextRenewal.set(Number.isFinite(next) ? next / 1_000 : 0);
  }

  /** An order begins to be worked on. */
  orderRuns(id: string): void {
    this.#reachedAt.set(id, performance.now());
  }

  reached(checkpoint: Checkpoint, id: string): void {
    if (checkpoint === 'order-placed') this.#ordersPlaced.inc();
    const now = performance.now();
    const before = this.#reachedAt.get(id);
    if (before === undefined) return;
    this.#stageSeconds.observe({ checkpoint }, (now - before) / 1_000);
    this.#reachedAt.set(id, now);
  }

  orderEnded(id: string, outcome: OrderOutcome['kind'] | 'threw', milliseconds: number): void {
    this.#reachedAt.delete(id);
    this.#orders.inc({ outcome });
    if (outcome === 'issued') this.#orderSeconds.observe(milliseconds / 1_000);
  }

  gatewaysReloaded(certificates: number): void {
    this.#reloads.inc();
    this.#published.inc(certificates);
  }

  challengeAnswered(status: number): void {
    this.#challenges.inc({ status: String(status) });
  }
}

type State = 'valid' | 'issuing' | 'failed' | 'waiting';

function stateOf(plan: CertificatePlan, running: ReadonlySet<string>): State {
  if (plan.kind !== 'wait') return running.has(plan.id) ? 'issuing' : 'waiting';
  if (plan.reason === 'Valid') return 'valid';
  return plan.reason === 'BackingOff' ? 'failed' : 'waiting';
}
