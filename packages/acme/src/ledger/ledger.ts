import type { CaLimits } from '@gatefleet/ca-limits';
import { AcmeError } from '../errors.ts';
import { nameSet } from '../keys/certificate-id.ts';
import { StoreRefused } from '../order/store-refused.ts';
import type { Clock } from '../ports.ts';
import { accountNeeds, failedBucket, orderNeeds, type BucketName, type Need } from './bucket-name.ts';
import {
  affordable,
  blocked,
  giveBack,
  isFull,
  spend,
  takeOne,
  type Affordable,
  type Buckets,
  type BucketState,
} from './buckets.ts';
import { refusedAccount, refusedBucket, type RefusedBucket } from './refused-bucket.ts';

/** Where the ledger of one CA is kept. Writes are fenced: they take effect only while the writer leads. */
export interface LedgerStore {
  load(signal: AbortSignal): Promise<Buckets>;
  /** Undefined removes. When it throws, some may be written: repeating it is harmless. */
  write(
    changes: ReadonlyMap<BucketName, BucketState | undefined>,
    signal: AbortSignal,
  ): Promise<'written' | 'lost-leadership'>;
}

export interface LedgerOptions {
  readonly store: LedgerStore;
  readonly limits: CaLimits;
  readonly clock: Clock;
  /** Of the term. */
  readonly signal: AbortSignal;
}

/**
 * What has been spent of one CA's rate limits. Asked before an order is made, and written before the order is: after a crash more may be
 * thought spent than was, never less. Valid for one leadership term; only the leader spends.
 */
export class Ledger {
  readonly #options: LedgerOptions;
  readonly #buckets: Map<BucketName, BucketState>;
  readonly #limits = new Map<BucketName, Need['limit']>();
  readonly #unwritten = new Set<BucketName>();
  #writing: Promise<void> | undefined;

  private constructor(options: LedgerOptions, buckets: Buckets) {
    this.#options = options;
    this.#buckets = new Map(buckets);
  }

  static async open(options: LedgerOptions): Promise<Ledger> {
    return new Ledger(options, await options.store.load(options.signal));
  }

  get limits(): CaLimits {
    return this.#options.limits;
  }

  /** As it is now; it changes with every reservation. */
  get buckets(): Buckets {
    return this.#buckets;
  }

  /** What an order for these names is counted in. */
  needsOf(names: readonly string[]): readonly Need[] {
    const needs = orderNeeds(nameSet(names), this.#options.limits);
    for (const { bucket, limit } of needs) this.#limits.set(bucket, limit);
    return needs;
  }

  /**
   * Spends what an order needs, if it is there, and comes back when that is written.
   *
   * @throws StoreRefused, or what the store threw; then it counts as spent here, and may or may not be written.
   */
  async reserve(needs: readonly Need[]): Promise<Affordable> {
    const now = this.#now();
    const answer = affordable(this.#buckets, needs, now);
    if (answer.kind === 'now') await this.#change(spend(this.#buckets, needs, now));
    return answer;
  }

  /** Spends what was asked of the CA without a reservation, even where nothing is left. */
  async spend(needs: readonly Need[]): Promise<void> {
    await this.#change(spend(this.#buckets, needs, this.#now()));
  }

  /** Takes back what {@link spend} spent, for the CA has said that it made no order. */
  async giveBack(needs: readonly Need[]): Promise<void> {
    await this.#change(giveBack(this.#buckets, needs, this.#now()));
  }

  /** Spends what a new account needs. @throws AcmeError `RATE_LIMITED` where that is used up; as {@link reserve} throws */
  async reserveAccount(): Promise<void> {
    const needs = accountNeeds(this.#options.limits);
    for (const { bucket, limit } of needs) this.#limits.set(bucket, limit);
    const answer = await this.reserve(needs);
    if (answer.kind === 'now') return;
    throw new AcmeError('RATE_LIMITED', 'registering an account: as many were made of late as the CA allows', {
      retryAfter: new Date(answer.until),
    });
  }

  /** Heeds a refusal of a new account for a limit. */
  async heedAccount(error: unknown): Promise<void> {
    await this.#block(refusedAccount(error, this.#options.limits, this.#now()));
  }

  /** The CA found that a name could not be proven. */
  async countFailure(host: string): Promise<void> {
    const { failedAuthorizations } = this.#options.limits;
    if (failedAuthorizations === undefined) return;
    const bucket = failedBucket(host);
    this.#limits.set(bucket, failedAuthorizations);
    await this.#change(new Map([[bucket, takeOne(this.#buckets.get(bucket), failedAuthorizations, this.#now())]]));
  }

  /** Heeds a refusal for a limit: that bucket stops, and nothing else does. @param id - of the names that were ordered. */
  async heed(error: unknown, id: string): Promise<void> {
    await this.#block(refusedBucket(error, id, this.#options.limits, this.#now()));
  }

  async #block(refused: RefusedBucket | undefined): Promise<void> {
    if (refused === undefined) return;
    const { bucket, until } = refused;
    await this.#change(new Map([[bucket, blocked(this.#buckets.get(bucket), until)]]));
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }

  /** What changes while a write is under way is written by the next: one transaction for many orders. */
  #change(changes: ReadonlyMap<BucketName, BucketState>): Promise<void> {
    if (changes.size === 0) return Promise.resolve();
    for (const [bucket, state] of changes) {
      this.#buckets.set(bucket, state);
      this.#unwritten.add(bucket);
    }
    const before = this.#writing ?? Promise.resolve();
    // A write that failed is repeated by the next one, which has its buckets too.
    const turn = before.catch(() => undefined).then(() => this.#write());
    this.#writing = turn;
    return turn;
  }

  async #write(): Promise<void> {
    if (this.#unwritten.size === 0) return;
    const written = [...this.#unwritten];
    this.#unwritten.clear();
    try {
      const states = new Map(written.map((bucket) => [bucket, this.#buckets.get(bucket)]));
      const result = await this.#options.store.write(new Map([...states, ...this.#full()]), this.#options.signal);
      if (result === 'lost-leadership') throw new StoreRefused(result);
    } catch (error) {
      for (const bucket of written) this.#unwritten.add(bucket);
      throw error;
    }
  }

  /** A few at a time: they only take room. */
  #full(): [BucketName, undefined][] {
    const now = this.#now();
    const full: [BucketName, undefined][] = [];
    for (const [bucket, state] of this.#buckets) {
      const limit = this.#limits.get(bucket);
      if (limit === undefined || this.#unwritten.has(bucket) || !isFull(state, limit, now)) continue;
      this.#buckets.delete(bucket);
      full.push([bucket, undefined]);
      if (full.length === MOST_REMOVED) break;
    }
    return full;
  }
}

const MOST_REMOVED = 10;
