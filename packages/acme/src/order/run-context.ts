import type { AccountKeeper } from '../account-keeper.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { OrphanSearch } from './orphan-search.ts';
import type { Pace } from './pace.ts';
import type {
  AcmeStore,
  CertificatePublisher,
  ChallengeReadiness,
  Checkpoint,
  Clock,
  DnsChallenges,
  PersistChallenges,
} from '../ports.ts';
import type { AcmeAccount } from '../protocol/account.ts';

/** What every step of every order works with. */
export interface OrderDeps {
  readonly directoryUrl: string;
  readonly accounts: AccountKeeper;
  readonly ledger: Ledger;
  readonly orphans: OrphanSearch;
  readonly pace: Pace;
  readonly store: AcmeStore;
  readonly publisher: CertificatePublisher;
  readonly readiness: ChallengeReadiness;
  /** Names are proven by DNS-01 with it; by DNS-PERSIST-01 with the other; by HTTP-01 without both. */
  readonly dns: DnsChallenges | undefined;
  readonly persist: PersistChallenges | undefined;
  readonly epoch: number;
  readonly profile: string | undefined;
  readonly orderTimeoutMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly reach: (checkpoint: Checkpoint, id: string) => Promise<void>;
}

/** One run of one order: the account that it uses, and a signal that ends with the run's time. */
export interface RunContext extends OrderDeps {
  readonly account: AcmeAccount;
  readonly signal: AbortSignal;
}
