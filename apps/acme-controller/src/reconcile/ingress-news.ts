import { certificateId, type CertificatePlan, type CertificateRecord, type OrderOutcome } from '@gatefleet/acme';
import type { NoticeBoard } from '../kubernetes/notice-board.ts';
import type { Ingress } from '../wanted/ingress.ts';
import type { WantedCertificate } from '../wanted/plan-wanted.ts';
import { ingressStatus } from './ingress-status.ts';
import { outcomeNotice, queueNotice } from './outcome-notice.ts';

/** What a look at everything found. */
export interface Found {
  /** Of the class that is served. */
  readonly ingresses: readonly Ingress[];
  readonly wanted: readonly WantedCertificate[];
  readonly plans: readonly CertificatePlan[];
  /** By id. */
  readonly kept: ReadonlyMap<string, CertificateRecord>;
  readonly now: Date;
}

/** A shorter wait is over before anybody has read of it. */
const LEAST_WAIT_MS = 60_000;

/**
 * Tells the people of each Ingress how its certificates come along. One certificate costs the API server two requests: an Event and the
 * annotation of its Ingress. Others that share it, in the same namespace, are annotated too, and have no Event that says the same. One that
 * had to wait for its turn has its Event then, and not again when it is there. Trouble is told to all, and costs more.
 */
export class IngressNews {
  readonly #notices: NoticeBoard;
  #askers: ReadonlyMap<string, readonly WantedCertificate[]> = new Map();
  /** Ids of certificates whose people know that they wait. */
  readonly #queued = new Set<string>();

  constructor(notices: NoticeBoard) {
    this.#notices = notices;
  }

  looked({ ingresses, wanted, plans, kept, now }: Found): void {
    this.#askers = Map.groupBy(wanted, ({ names }) => certificateId(names));
    const planned = new Map(plans.map((plan) => [plan.id, plan]));
    for (const id of this.#queued) if (!planned.has(id)) this.#queued.delete(id);
    for (const plan of plans) this.#tellQueued(plan, now);
    const byIngress = Map.groupBy(wanted, ({ ingress }) => ingress.uid);
    for (const ingress of ingresses) {
      const certificates = byIngress.get(ingress.uid) ?? [];
      const told = certificates.map(({ names }) => {
        const id = certificateId(names);
        return { names, plan: planned.get(id), notAfter: kept.get(id)?.notAfter };
      });
      const status = ingressStatus(told);
      if (status !== undefined || told.length === 0) this.#notices.show(ingress, status);
    }
  }

  ended(id: string, names: readonly string[], outcome: OrderOutcome): void {
    if (outcome.kind === 'issued' && this.#queued.delete(id)) return;
    const askers = this.#askers.get(id) ?? [];
    for (const { ingress } of outcome.kind === 'issued' ? askers.slice(0, 1) : askers) {
      const notice = outcomeNotice(ingress, names, outcome);
      if (notice !== undefined) this.#notices.post(notice);
    }
  }

  #tellQueued(plan: CertificatePlan, now: Date): void {
    if (plan.kind !== 'wait' || plan.reason !== 'RateLimited' || this.#queued.has(plan.id)) return;
    if (plan.until.getTime() - now.getTime() < LEAST_WAIT_MS) return;
    this.#queued.add(plan.id);
    for (const { ingress } of this.#askers.get(plan.id) ?? []) this.#notices.post(queueNotice(ingress, plan));
  }
}
