import type { CertificatePlan, OrderOutcome } from '@gatefleet/acme';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

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
  readonly #reloads = new Counter({
    name: 'gatefleet_gateway_writes_total',
    help: 'Transactions that made every gateway reload.',
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

  constructor() {
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
  }

  held(certificates: number): void {
    this.#held.set(certificates);
  }

  planned(plans: readonly CertificatePlan[], running: ReadonlySet<string>): void {
    const count = { valid: 0, issuing: 0, failed: 0, waiting: 0 };
    let next = Infinity;
    for (const plan of plans) {
      if (plan.kind === 'wait') {
        count[plan.reason === 'Valid' ? 'valid' : 'failed'] += 1;
        if (plan.reason === 'Valid') next = Math.min(next, plan.until.getTime());
      } else count[running.has(plan.id) ? 'issuing' : 'waiting'] += 1;
    }
    for (const [state, value] of Object.entries(count)) this.#certificates.set({ state }, value);
    this.#nextRenewal.set(Number.isFinite(next) ? next / 1_000 : 0);
  }

  orderPlaced(): void {
    this.#ordersPlaced.inc();
  }

  orderEnded(outcome: OrderOutcome['kind'] | 'threw', milliseconds: number): void {
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
