import type { Clock } from '../ports.ts';
import type { CertificateRecord } from '../records.ts';
import { needsAt, PATIENCE_MS, type OpenIssuer } from '../schedule/plan-turns.ts';
import type { Issuer } from './issuer.ts';

export type Chosen =
  { readonly kind: 'chosen'; readonly issuer: Issuer } | { readonly kind: 'wait'; readonly until: Date };

/** The CAs that certificates may come from, in the order in which they are asked. */
export class Issuers {
  readonly #all: readonly Issuer[];
  readonly #clock: Clock;

  constructor(all: readonly Issuer[], clock: Clock) {
    this.#all = all;
    this.#clock = clock;
  }

  get directoryUrls(): readonly string[] {
    return this.#all.map(({ directoryUrl }) => directoryUrl);
  }

  of(directoryUrl: string): Issuer | undefined {
    return this.#all.find((issuer) => issuer.directoryUrl === directoryUrl);
  }

  get all(): readonly Issuer[] {
    return this.#all;
  }

  /** Those not worth asking now. */
  get unavailable(): ReadonlySet<string> {
    const now = this.#now();
    const away = this.#all.filter(({ breaker }) => breaker.closedUntil(now) !== undefined);
    return new Set(away.map(({ directoryUrl }) => directoryUrl));
  }

  /** When the first is worth asking again, in milliseconds since 1970. */
  get nextOpen(): number {
    const now = this.#now();
    return Math.min(...this.#all.map(({ breaker }) => breaker.closedUntil(now) ?? now));
  }

  /** Those worth asking now, with their ledgers. */
  async open(signal: AbortSignal): Promise<readonly (OpenIssuer & { readonly issuer: Issuer })[]> {
    const { unavailable } = this;
    const open = this.#all.filter(({ directoryUrl }) => !unavailable.has(directoryUrl));
    return Promise.all(
      open.map(async (issuer) => ({
        issuer,
        directoryUrl: issuer.directoryUrl,
        ledger: await issuer.ledger(signal),
      })),
    );
  }

  /** Spends what an order costs at the first CA that has it; the next is asked where a limit would hold it up for long. */
  async reserve(
    names: readonly string[],
    certificate: CertificateRecord | undefined,
    signal: AbortSignal,
  ): Promise<Chosen> {
    let soonest = Infinity;
    for (const { issuer, ...open } of await this.open(signal)) {
      const answer = await (await issuer.ledger(signal)).reserve(needsAt(open, names, certificate));
      if (answer.kind === 'now') return { kind: 'chosen', issuer };
      soonest = Math.min(soonest, answer.until);
      if (answer.until <= this.#now() + PATIENCE_MS) break;
    }
    return { kind: 'wait', until: new Date(Number.isFinite(soonest) ? soonest : this.nextOpen) };
  }

  #now(): number {
    return this.#clock.now().getTime();
  }
}
