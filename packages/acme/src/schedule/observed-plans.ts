import { limitsOf, type CaLimits } from '@gatefleet/ca-limits';
import { orderNeeds } from '../ledger/bucket-name.ts';
import type { Buckets } from '../ledger/buckets.ts';
import { planCertificates, type CertificatePlan, type Observed } from '../plan/plan.ts';
import { planTurns } from './plan-turns.ts';

/** A CA, and what was spent of its limits as the store has it. */
export interface ObservedIssuer {
  readonly directoryUrl: string;
  readonly buckets: Buckets;
  readonly limits?: CaLimits;
}

/**
 * The plan as anybody can tell it who reads the store: what is due, what waits, and its place in the queue. The leader knows besides whose
 * turn it was last and which CA is away, so places may differ by a few.
 */
export function observedPlans(
  observed: Omit<Observed, 'issuers' | 'unavailable'>,
  issuers: readonly ObservedIssuer[],
  now: Date,
): CertificatePlan[] {
  const open = issuers.map(({ directoryUrl, buckets, limits = limitsOf(directoryUrl) }) => ({
    directoryUrl,
    ledger: { buckets, needsOf: (names: readonly string[]) => orderNeeds(names, limits) },
  }));
  const plans = planCertificates({ ...observed, issuers: issuers.map(({ directoryUrl }) => directoryUrl) }, now);
  const certificates = new Map(observed.certificates.map((certificate) => [certificate.id, certificate]));
  return planTurns(plans, {
    open,
    nextOpen: now.getTime(),
    certificates,
    share: { level: () => 0 },
    now: now.getTime(),
  });
}
