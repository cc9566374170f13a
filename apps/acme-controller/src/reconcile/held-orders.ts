import type { AcmeStore, CertificatePlan } from '@gatefleet/acme';
import type { CommandInbox } from '../kubernetes/command-inbox.ts';
import type { Logger } from '../log.ts';
import type { OrderingHold } from '../store/ordering-hold.ts';
import type { Ingress } from '../wanted/ingress.ts';
import { tellsOfCertificates } from '../wanted/tells-of-certificates.ts';

export interface HeldOrdersOptions {
  readonly hold: OrderingHold;
  readonly inbox: Pick<CommandInbox, 'pending'>;
  readonly acmeStore: Pick<AcmeStore, 'accounts' | 'certificates' | 'orders'>;
  readonly log: Logger;
}

export interface Looked {
  readonly ingresses: readonly Ingress[];
  readonly plans: readonly CertificatePlan[];
  readonly now: Date;
}

/**
 * Keeps first certificates from being ordered where an administrator asked for it, and where a store was lost whole and the CA's limits do not
 * let everything be ordered again: then what a backup has would be ordered before it can be imported. Renewals, and what is under way, go on.
 */
export class HeldOrders {
  readonly #options: HeldOrdersOptions;

  constructor(options: HeldOrdersOptions) {
    this.#options = options;
  }

  /** @returns ids of what is not to be ordered now */
  async of(looked: Looked, signal: AbortSignal): Promise<ReadonlySet<string>> {
    if (!(await this.#isHeld(looked, signal))) return new Set();
    return new Set(looked.plans.filter(isFirst).map(({ id }) => id));
  }

  async #isHeld(looked: Looked, signal: AbortSignal): Promise<boolean> {
    const { hold, inbox, log } = this.#options;
    const pending = inbox.pending();
    // What was asked before there was a leader comes before its first order.
    if (pending?.some(({ read }) => read.kind === 'command' && read.command.command === 'hold') ?? true) return true;
    const state = await hold.state(signal);
    if (state.kind !== 'never') return state.kind === 'held';
    if (!(await this.#isStoreLost(looked, signal))) return false;
    await hold.begin('store-lost', signal);
    const hint = 'import a backup, if there is one; then, or if there is none: gatefleet certs resume';
    log.error(
      { hint },
      'the store has lost all certificates, and the CA’s limits do not let all be ordered again at once',
    );
    return true;
  }

  async #isStoreLost({ ingresses, plans, now }: Looked, signal: AbortSignal): Promise<boolean> {
    const isTooMuch = plans.some((plan) => plan.kind === 'wait' && plan.reason === 'RateLimited');
    if (!isTooMuch || !tellsOfCertificates(ingresses, now)) return false;
    const { certificates, orders, accounts } = this.#options.acmeStore;
    const all = await Promise.all([certificates.list(signal), orders.list(signal), accounts.list(signal)]);
    return all.every((records) => records.length === 0);
  }
}

function isFirst(plan: CertificatePlan): boolean {
  return plan.kind === 'issue' && plan.reason === 'NoCertificate';
}
