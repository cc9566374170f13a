import { sweepChallenges, type AcmeStore, type Clock, type Engine, type OrderOutcome } from '@gatefleet/acme';
import type { CommandInbox } from '../kubernetes/command-inbox.ts';
import type { NoticeBoard } from '../kubernetes/notice-board.ts';
import type { IngressSource } from '../kubernetes/ingress-source.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../status/metrics.ts';
import type { AwayNote } from '../store/away-note.ts';
import type { HostRegister } from '../store/host-owners.ts';
import type { Quotas } from '../wanted/quotas.ts';
import type { Tenancy } from '../wanted/tenancy.ts';
import { planWanted, type OnDemand } from '../wanted/plan-wanted.ts';
import type { HeldOrders } from './held-orders.ts';
import { IngressNews } from './ingress-news.ts';
import { OrderQueue, type Due } from './order-queue.ts';
import type { ServedCertificates } from './served-certificates.ts';
import { Wake } from './wake.ts';

export interface ReconcilerDeps {
  readonly engine: Engine;
  readonly acmeStore: AcmeStore;
  readonly served: ServedCertificates;
  readonly held: HeldOrders;
  readonly away: Pick<AwayNote, 'tell'>;
  readonly inbox: Pick<CommandInbox, 'onChange'>;
  readonly hosts: HostRegister;
  readonly ingresses: IngressSource;
  readonly notices: NoticeBoard;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Logger;
  readonly zones: readonly string[];
  readonly tenancy: Tenancy;
  readonly quotas: Quotas;
  /** Undefined where there are none on demand. */
  readonly onDemand: (() => OnDemand) | undefined;
  readonly wildcards: boolean;
  readonly ingressClass: string;
  readonly profile: string | undefined;
  readonly maxOrders: number;
  /** A certificate took the place of what was there before. */
  readonly onIssued: () => void;
}

const SWEEP_EVERY_MS = 3_600_000;
const LEAST_GAP_MS = 20;
/** Between two looks while more is due than can be under way: the queue goes on by itself, and each order that ends asks for a look. */
const FULL_GAP_MS = 500;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 15_000;

/**
 * The work of a leader: looks at everything, decides, acts; again on every change and when something falls due. Nothing is remembered from
 * one look to the next but what runs.
 */
export class Reconciler {
  readonly #deps: ReconcilerDeps;
  readonly #signal: AbortSignal;
  readonly #wake = new Wake();
  readonly #orders: OrderQueue;
  readonly #news: IngressNews;
  #sweptAt = -Infinity;

  /** @param signal - of the term. */
  constructor(deps: ReconcilerDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
    this.#news = new IngressNews(deps.notices);
    this.#orders = new OrderQueue({
      limit: deps.maxOrders,
      run: (due) => {
        deps.metrics.orderRuns(due.id);
        return deps.engine.run(due, signal);
      },
      onDone: (due, result, startedAt) => this.#orderEnded(due, result, performance.now() - startedAt),
    });
    deps.ingresses.onChange(this.#wake.set, signal);
    deps.inbox.onChange(this.#wake.set, signal);
  }

  /** The certificate is kept; its order waits for nothing but its turn at the gateways. */
  kept(id: string): void {
    this.#orders.release(id);
  }

  /** Something that is planned by has changed. */
  readonly lookAgain = (): void => this.#wake.set();

  /** Comes back when the term is over and nothing runs any more. */
  async run(): Promise<void> {
    const { clock, log } = this.#deps;
    let retryMs = FIRST_RETRY_MS;
    while (!this.#signal.aborted) {
      const startedAt = performance.now();
      let waitMs: number | undefined;
      try {
        const next = await this.#look();
        waitMs = next === undefined ? undefined : Math.max(0, next.getTime() - clock.now().getTime());
        retryMs = FIRST_RETRY_MS;
      } catch (error) {
        if (this.#signal.aborted) break;
        log.error({ err: error, milliseconds: retryMs }, 'looking again');
        waitMs = retryMs;
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
      }
      const restMs = this.#orders.restMs();
      if (restMs !== undefined) waitMs = Math.min(waitMs ?? Infinity, restMs);
      // A change is acted on at once, but of the one thread that orders run on, too, looking at thousands gets a third at most.
      const gapMs = Math.max(this.#orders.isFull ? FULL_GAP_MS : LEAST_GAP_MS, (performance.now() - startedAt) * 2);
      await clock.sleep(gapMs, this.#signal).catch(() => undefined);
      await this.#wake.wait(waitMs, this.#signal);
    }
    await this.#orders.settled();
  }

  /** @returns when something falls due, if nothing happens before */
  async #look(): Promise<Date | undefined> {
    const { ingresses, hosts, clock, profile, notices, engine, metrics } = this.#deps;
    const { zones, tenancy, quotas, wildcards, ingressClass } = this.#deps;
    const current = ingresses.current();
    if (current === undefined) return undefined;
    const now = clock.now();
    const owners = await hosts.owners(this.#signal);
    const onDemand = this.#deps.onDemand?.();
    const claims = { ingresses: current, ingressClass, zones, tenancy, quotas, wildcards, onDemand, owners };
    const wanted = planWanted(claims, now);
    const written = await hosts.write(wanted.owners, this.#signal);
    if (written !== 'written') return now;
    for (const notice of wanted.notices) notices.post(notice);

    const plans = await engine.plan(
      wanted.certificates.map(({ names, ingress: { namespace, name }, profile: chosen }) => ({
        names,
        namespace,
        owner: `${namespace}/${name}`,
        profile: chosen ?? profile,
      })),
      this.#signal,
    );
    const unreachable = plans.find((plan) => plan.kind === 'wait' && plan.reason === 'CaUnavailable');
    await this.#deps.away.tell(unreachable?.kind === 'wait' ? unreachable.until : undefined, this.#signal);
    const held = await this.#deps.held.of({ ingresses: current, plans, now }, this.#signal);
    metrics.firstOrdersHeld(held.size);
    this.#orders.replace(plans.filter(({ kind, id }) => kind !== 'wait' && !held.has(id)));
    const kept = await this.#deps.acmeStore.certificates.list(this.#signal);
    this.#news.looked({
      ingresses: current.filter(({ className }) => className === ingressClass),
      wanted: wanted.certificates,
      plans,
      kept: new Map(kept.map(({ record }) => [record.id, record])),
      now,
    });
    const nextRemoval = await this.#deps.served.bringInLine(plans, this.#signal);
    await this.#sweepNowAndThen();

    metrics.planned(plans, this.#orders.running);
    const turns = plans.map((plan) => (plan.kind === 'wait' ? plan.until : undefined));
    return soonest([...turns, wanted.nextFree, nextRemoval]);
  }

  async #sweepNowAndThen(): Promise<void> {
    if (performance.now() - this.#sweptAt < SWEEP_EVERY_MS) return;
    const { acmeStore, clock, log } = this.#deps;
    const count = await sweepChallenges(acmeStore, clock.now(), this.#signal);
    this.#sweptAt = performance.now();
    if (count > 0) log.info({ count }, 'removed expired challenges');
  }

  #orderEnded(due: Due, result: { outcome: OrderOutcome } | { error: unknown }, milliseconds: number): void {
    const { metrics, log } = this.#deps;
    this.#wake.set();
    if ('error' in result) {
      if (this.#signal.aborted) return;
      metrics.orderEnded(due.id, 'threw', milliseconds);
      log.warn({ err: result.error, certificate: due.id, names: due.names }, 'the order was broken off');
      return;
    }
    const { outcome } = result;
    metrics.orderEnded(due.id, outcome.kind, milliseconds);
    const about = { certificate: due.id, names: due.names, milliseconds: Math.round(milliseconds) };
    if (outcome.kind === 'issued') {
      log.info({ ...about, serial: outcome.certificate.serial }, 'issued');
      this.#deps.onIssued();
    } else if (outcome.kind === 'failed' || outcome.kind === 'postponed' || outcome.kind === 'elsewhere') {
      const { code, message } = outcome.problem;
      log.warn({ ...about, code, reason: message, retryAt: outcome.retryAt }, outcome.kind);
    } else log.info({ ...about, kind: outcome.kind }, 'the order ended');
    this.#news.ended(due.id, due.names, outcome);
  }
}

function soonest(dates: readonly (Date | undefined)[]): Date | undefined {
  return dates.reduce((first, date) => (first === undefined || (date !== undefined && date < first) ? date : first));
}
