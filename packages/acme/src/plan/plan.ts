import { certificateId, nameSet } from '../keys/certificate-id.ts';
import type { CertificateRecord, OrderRecord } from '../records.ts';
import { renewAt } from './renew-at.ts';

/** Somebody wants one certificate for these names. */
export interface Wanted {
  readonly names: readonly string[];
  /** Who wants it; several may want the same names and then share the certificate. */
  readonly owner: string;
}

/** What is known of one set of names. */
export interface Known {
  /** Directory URL of the CA in use. What another CA issued or was asked for does not count. */
  readonly ca: string;
  readonly certificate: CertificateRecord | undefined;
  readonly order: OrderRecord | undefined;
}

export type Decision =
  | { readonly kind: 'issue'; readonly reason: 'NoCertificate' | 'OtherCa' | 'Due' }
  /** An order is under way. */
  | { readonly kind: 'resume' }
  | { readonly kind: 'wait'; readonly reason: 'Valid' | 'BackingOff'; readonly until: Date };

/** First match wins; the order is the policy. */
export function planCertificate({ ca, certificate, order }: Known, now: Date): Decision {
  const renewal = certificate?.ca === ca ? renewAt(certificate) : undefined;
  if (renewal !== undefined && renewal > now) return { kind: 'wait', reason: 'Valid', until: renewal };

  const ours = order?.ca === ca ? order : undefined;
  const retryAt = ours?.retryAt === undefined ? undefined : new Date(ours.retryAt);
  if (retryAt !== undefined && retryAt > now) return { kind: 'wait', reason: 'BackingOff', until: retryAt };
  if (ours !== undefined && ours.step !== 'failed') return { kind: 'resume' };

  if (certificate === undefined) return { kind: 'issue', reason: 'NoCertificate' };
  return { kind: 'issue', reason: renewal === undefined ? 'OtherCa' : 'Due' };
}

export interface Observed {
  readonly ca: string;
  readonly wanted: readonly Wanted[];
  readonly certificates: readonly CertificateRecord[];
  readonly orders: readonly OrderRecord[];
}

export type CertificatePlan = Decision & {
  readonly id: string;
  readonly names: readonly string[];
  readonly owners: readonly string[];
};

/** One decision for each wanted set of names, the most urgent first: resume, issue, renew (the soonest to end first), wait (the shortest first). */
export function planCertificates(observed: Observed, now: Date): CertificatePlan[] {
  const certificates = new Map(observed.certificates.map((certificate) => [certificate.id, certificate]));
  const orders = new Map(observed.orders.map((order) => [order.id, order]));
  const plans = mergeWanted(observed.wanted).map((wanted) => {
    const certificate = certificates.get(wanted.id);
    const decision = planCertificate({ ca: observed.ca, certificate, order: orders.get(wanted.id) }, now);
    return { plan: { ...wanted, ...decision }, urgency: urgency(decision, certificate) };
  });
  return plans.sort((a, b) => a.urgency[0] - b.urgency[0] || a.urgency[1] - b.urgency[1]).map(({ plan }) => plan);
}

function mergeWanted(wanted: readonly Wanted[]): { id: string; names: string[]; owners: string[] }[] {
  const merged = new Map<string, { id: string; names: string[]; owners: string[] }>();
  for (const { names, owner } of wanted) {
    const id = certificateId(names);
    const known = merged.get(id) ?? { id, names: nameSet(names), owners: [] };
    if (!known.owners.includes(owner)) known.owners.push(owner);
    merged.set(id, known);
  }
  return [...merged.values()];
}

function urgency(
  decision: Decision,
  certificate: CertificateRecord | undefined,
): readonly [rank: number, time: number] {
  switch (decision.kind) {
    case 'resume':
      return [0, 0];
    case 'issue':
      return decision.reason === 'NoCertificate' ? [1, 0] : [2, Date.parse(certificate?.notAfter ?? '') || 0];
    case 'wait':
      return [3, decision.until.getTime()];
  }
}
