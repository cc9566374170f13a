import type { CertificateAuthority } from './protocol/certificate-authority.ts';
import type { AcmeStore, CertificatePublisher, ChallengeReadiness, Clock, OnCheckpoint } from './ports.ts';
import type { CertificatePlan, Wanted } from './plan/plan.ts';
import type { OrderOutcome } from './order/outcome.ts';

export interface EngineOptions {
  readonly ca: CertificateAuthority;
  readonly store: AcmeStore;
  readonly publisher: CertificatePublisher;
  readonly readiness: ChallengeReadiness;
  /** The leadership term, written into every record. */
  readonly epoch: number;
  /** What the CA may write to, for instance `mailto:platform@example.com`. */
  readonly contact?: readonly string[];
  /** The CA's name for a kind of certificate, as its directory lists them. */
  readonly profile?: string;
  /** How long one call of {@link Engine.run} may take before the order is put off, in milliseconds. Default 5 minutes. */
  readonly orderTimeoutMs?: number;
  readonly clock?: Clock;
  /** Uniform in [0, 1): spreads retries. */
  readonly random?: () => number;
  readonly onCheckpoint?: OnCheckpoint;
}

/** Valid for one leadership term. Keeps nothing that matters: a new engine on the same store goes on where this one was broken off. */
export interface Engine {
  /** Reads the store and decides what is due for what is wanted now. */
  plan(wanted: readonly Wanted[], signal: AbortSignal): Promise<readonly CertificatePlan[]>;
  /**
   * Brings one set of names as far as it can: begins or resumes its order if one is due. Safe to call at any time and repeatedly: it
   * decides from the store, not from a plan made before, and a second call for names under way shares the first one's outcome.
   * @throws the signal's reason when aborted, or what the store or the publisher threw; the order is resumed by the next call.
   */
  run(names: readonly string[], signal: AbortSignal): Promise<OrderOutcome>;
}
