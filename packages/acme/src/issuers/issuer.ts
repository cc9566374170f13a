import { limitsOf, type CaLimits } from '@gatefleet/ca-limits';
import { AccountKeeper } from '../account-keeper.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { OrderOutcome } from '../order/outcome.ts';
import type { AcmeStore, Clock } from '../ports.ts';
import type { CertificateAuthority } from '../protocol/certificate-authority.ts';
import type { ExternalAccount } from '../protocol/external-account.ts';
import { CircuitBreaker } from './circuit-breaker.ts';

/** One CA that certificates may come from. */
export interface IssuerOptions {
  readonly ca: CertificateAuthority;
  /** What the CA may write to, for instance `mailto:platform@example.com`. Default none. */
  readonly contact?: readonly string[];
  readonly externalAccount?: ExternalAccount | undefined;
  /** Default: what is known of this CA. */
  readonly limits?: CaLimits;
}

export interface TermOptions {
  readonly store: AcmeStore;
  readonly epoch: number;
  readonly clock: Clock;
}

/** A CA in one leadership term: our account there, what was spent of its limits, and whether it is worth asking. */
export class Issuer {
  readonly ca: CertificateAuthority;
  readonly accounts: AccountKeeper;
  readonly breaker = new CircuitBreaker();
  readonly #limits: CaLimits;
  readonly #term: TermOptions;
  #ledger: Promise<Ledger> | undefined;

  constructor({ ca, contact = [], externalAccount, limits }: IssuerOptions, term: TermOptions) {
    const { store, epoch } = term;
    this.ca = ca;
    this.accounts = new AccountKeeper({ ca, accounts: store.accounts, epoch, contact, externalAccount });
    this.#limits = limits ?? limitsOf(ca.directoryUrl);
    this.#term = term;
  }

  get directoryUrl(): string {
    return this.ca.directoryUrl;
  }

  /** Read from the store once; after a failure the next call reads again. */
  ledger(signal: AbortSignal): Promise<Ledger> {
    const { store, clock } = this.#term;
    this.#ledger ??= Ledger.open({ store: store.ledger(this.directoryUrl), limits: this.#limits, clock, signal }).catch(
      (error: unknown) => {
        this.#ledger = undefined;
        throw error;
      },
    );
    return this.#ledger;
  }

  /** Learns from how an order ended. */
  heed(outcome: OrderOutcome): void {
    if (outcome.kind === 'issued' || outcome.kind === 'failed') this.breaker.answered();
    else if (outcome.kind === 'postponed' && isAway(outcome.problem.code)) {
      this.breaker.failed(this.#term.clock.now().getTime());
    } else this.breaker.undecided();
  }
}

function isAway(code: string): boolean {
  return code === 'UNREACHABLE' || code === 'CA_BROKEN';
}
