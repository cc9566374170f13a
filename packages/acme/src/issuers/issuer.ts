import { limitsOf, type CaLimits } from '@gatefleet/ca-limits';
import { AccountKeeper } from '../account-keeper.ts';
import { AcmeError } from '../errors.ts';
import { Ledger } from '../ledger/ledger.ts';
import { OrphanSearch } from '../order/orphan-search.ts';
import { Pace } from '../order/pace.ts';
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
  readonly orphans = new OrphanSearch();
  readonly pace = new Pace();
  readonly #limits: CaLimits;
  readonly #term: TermOptions;
  #ledger: Promise<Ledger> | undefined;

  constructor({ ca, contact = [], externalAccount, limits }: IssuerOptions, term: TermOptions) {
    const { store, epoch } = term;
    this.ca = watched(ca, this.breaker, term.clock);
    const ledger = (signal: AbortSignal) => this.ledger(signal);
    this.accounts = new AccountKeeper({
      ca: this.ca,
      accounts: store.accounts,
      ledger,
      epoch,
      contact,
      externalAccount,
    });
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
}

/** The same CA, with a breaker that learns from each request. */
function watched(ca: CertificateAuthority, breaker: CircuitBreaker, clock: Clock): CertificateAuthority {
  async function watch<T>(request: Promise<T>): Promise<T> {
    try {
      const answer = await request;
      breaker.answered();
      return answer;
    } catch (error) {
      if (error instanceof AcmeError) {
        if (isAway(error)) breaker.failed(clock.now().getTime());
        else if (error.status !== undefined) breaker.answered();
      }
      throw error;
    }
  }
  return {
    directoryUrl: ca.directoryUrl,
    directory: (signal) => watch(ca.directory(signal)),
    get: (doing, request, signal) => watch(ca.get(doing, request, signal)),
    post: (doing, request, signal) => watch(ca.post(doing, request, signal)),
  };
}

function isAway({ code }: AcmeError): boolean {
  return code === 'UNREACHABLE' || code === 'CA_BROKEN';
}
