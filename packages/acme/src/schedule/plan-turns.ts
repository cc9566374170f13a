import type { Ledger } from '../ledger/ledger.ts';
import type { BucketName, Need } from '../ledger/bucket-name.ts';
import type { CertificatePlan } from '../plan/plan.ts';
import type { CertificateRecord } from '../records.ts';
import type { FairShare } from './fair-share.ts';
import { schedule, type Queued } from './schedule.ts';

/** How long a limit may hold up an order before the next CA is asked instead. */
export const PATIENCE_MS = 3_600_000;

/** A CA that is worth asking, and what is left of its limits. */
export interface OpenIssuer {
  readonly directoryUrl: string;
  readonly ledger: Pick<Ledger, 'buckets' | 'needsOf'>;
}

export interface PlanTurnsOptions {
  /** In the order in which they are asked. */
  readonly open: readonly OpenIssuer[];
  /** When one of them is open again, where none is; in milliseconds since 1970. */
  readonly nextOpen: number;
  /** What is kept, by id. */
  readonly certificates: ReadonlyMap<string, CertificateRecord>;
  readonly share: Pick<FairShare, 'level'>;
  readonly now: number;
}

/**
 * Says of all that is due whether it is its turn: what the limits of the CAs do not allow yet waits, with its place in the queue. What goes
 * on, and renewals that cost nothing, are not held up.
 */
export function planTurns(plans: readonly CertificatePlan[], options: PlanTurnsOptions): CertificatePlan[] {
  const { open, nextOpen, certificates, now } = options;
  if (open.length === 0) return plans.map((plan) => (plan.kind === 'wait' ? plan : unavailable(plan, nextOpen)));

  let waiting = plans.filter((plan) => plan.kind === 'issue');
  const turns = new Map<string, { readonly at: number; readonly bucket: BucketName | undefined; position: number }>();
  for (const [index, issuer] of open.entries()) {
    const queued = waiting.map(({ id, names, namespace }): Queued => ({
      id,
      namespace,
      needs: needsAt(issuer, names, certificates.get(id)),
    }));
    const isLast = index === open.length - 1;
    const late = new Set<string>();
    for (const { id, at, bucket, position } of schedule(queued, { ...options, buckets: issuer.ledger.buckets })) {
      if (at > now + PATIENCE_MS && !isLast) late.add(id);
      else turns.set(id, { at, bucket, position });
    }
    waiting = waiting.filter(({ id }) => late.has(id));
    if (waiting.length === 0) break;
  }

  const planned = plans.map((plan): CertificatePlan => {
    const turn = turns.get(plan.id);
    if (plan.kind !== 'issue' || turn === undefined || turn.at <= now) return plan;
    const { at, bucket, position } = turn;
    return { ...withoutDecision(plan), kind: 'wait', reason: 'RateLimited', until: new Date(at), bucket, position };
  });
  return inTurn(planned, (id) => turns.get(id)?.position ?? 0);
}

/** What an order for these names at this CA costs of its limits. @see https://letsencrypt.org/docs/rate-limits/#limit-exemptions-for-renewals */
export function needsAt(
  { directoryUrl, ledger }: OpenIssuer,
  names: readonly string[],
  certificate: CertificateRecord | undefined,
): readonly Need[] {
  return isReckonedFree(certificate, directoryUrl) ? [] : ledger.needsOf(names);
}

/** A CA that told a renewal window knows what to make of `replaces`; and who says that the window is over sets one, too. */
export function isReckonedFree(certificate: CertificateRecord | undefined, directoryUrl: string): boolean {
  return certificate?.ca === directoryUrl && certificate.window !== undefined;
}

function unavailable(plan: CertificatePlan, until: number): CertificatePlan {
  return { ...withoutDecision(plan), kind: 'wait', reason: 'CaUnavailable', until: new Date(until) };
}

function withoutDecision({ id, names, owners, namespace, profile }: CertificatePlan) {
  return { id, names, owners, namespace, ...(profile !== undefined && { profile }) };
}

/** Those that wait for the first certificate are put in the order of the queue; all others stay where they are. */
function inTurn(plans: readonly CertificatePlan[], position: (id: string) => number): CertificatePlan[] {
  const isFirst = (plan: CertificatePlan) => plan.kind === 'issue' && plan.reason === 'NoCertificate';
  const ordered = plans
    .filter(isFirst)
    .toSorted((a, b) => position(a.id) - position(b.id))
    .values();
  return plans.map((plan) => (isFirst(plan) ? (ordered.next().value ?? plan) : plan));
}
