import { certificateId, nameSet } from '../keys/certificate-id.ts';
import type { BucketName } from '../ledger/bucket-name.ts';
import type { CertificateRecord, OrderRecord } from '../records.ts';
import { renewAt } from './renew-at.ts';

/** Somebody wants one certificate for these names. */
export interface Wanted {
  readonly names: readonly string[];
  /** Who wants it; several may want the same names and then share the certificate. */
  readonly owner: string;
  /** Whose turn it is when it is ordered: namespaces share the limits of a CA. */
  readonly namespace: string;
  /** The CA's name for a kind of certificate; the CA's own choice where undefined. */
  readonly profile?: string | undefined;
}

/** What is known of one set of names. */
export interface Known {
  /** Directory URLs of the CAs in use. What another CA issued or was asked for does not count. */
  readonly issuers: readonly string[];
  /** Those of them that are not worth asking now. */
  readonly unavailable?: ReadonlySet<string>;
  readonly certificate: CertificateRecord | undefined;
  readonly order: OrderRecord | undefined;
}

export type Decision =
  | { readonly kind: 'issue'; readonly reason: 'NoCertificate' | 'OtherCa' | 'Revoked' | 'Due' }
  /** An order is under way. */
  | { readonly kind: 'resume' }
  | { readonly kind: 'wait'; readonly reason: 'Valid' | 'BackingOff' | 'CaUnavailable'; readonly until: Date }
  /** A limit of the CA is used up. `position`: 1 for the next of all that wait. */
  | {
      readonly kind: 'wait';
      readonly reason: 'RateLimited';
      readonly until: Date;
      readonly bucket: BucketName | undefined;
      readonly position: number;
    };

/** First match wins; the order is the policy. */
export function planCertificate(known: Known, now: Date): Decision {
  const { issuers, certificate } = known;
  const isRevoked = certificate?.revokeFor !== undefined;
  const isOurs = certificate !== undefined && issuers.includes(certificate.ca);
  const renewal = isOurs && !isRevoked ? renewAt(certificate) : undefined;
  if (renewal !== undefined && renewal > now) return { kind: 'wait', reason: 'Valid', until: renewal };
  const order = orderToHeed(known);
  const retryAt = order?.retryAt === undefined ? undefined : new Date(order.retryAt);
  if (retryAt !== undefined && retryAt > now) return { kind: 'wait', reason: 'BackingOff', until: retryAt };
  if (order !== undefined && order.step !== 'failed') return { kind: 'resume' };
  if (certificate === undefined) return { kind: 'issue', reason: 'NoCertificate' };
  if (isRevoked) return { kind: 'issue', reason: 'Revoked' };
  return { kind: 'issue', reason: isOurs ? 'Due' : 'OtherCa' };
}

/** An order that is stuck at a CA that is away is let go, where another CA can be asked instead. */
function orderToHeed({ issuers, unavailable = new Set(), order }: Known): OrderRecord | undefined {
  if (order === undefined || !issuers.includes(order.ca)) return undefined;
  const isStuck = order.step !== 'failed' && unavailable.has(order.ca);
  return isStuck && issuers.some((ca) => !unavailable.has(ca)) ? undefined : order;
}

export interface Observed {
  readonly issuers: readonly string[];
  readonly unavailable?: ReadonlySet<string>;
  readonly wanted: readonly Wanted[];
  readonly certificates: readonly CertificateRecord[];
  readonly orders: readonly OrderRecord[];
}

export type CertificatePlan = Decision & {
  readonly id: string;
  readonly names: readonly string[];
  readonly owners: readonly string[];
  /** Of the first that wants it. */
  readonly namespace: string;
  readonly profile?: string | undefined;
};

/** One decision for each wanted set of names, the most urgent first: resume, issue, renew (the soonest to end first), wait (the shortest first). */
export function planCertificates(observed: Observed, now: Date): CertificatePlan[] {
  const certificates = new Map(observed.certificates.map((certificate) => [certificate.id, certificate]));
  const orders = new Map(observed.orders.map((order) => [order.id, order]));
  const plans = mergeWanted(observed.wanted).map((wanted) => {
    const certificate = certificates.get(wanted.id);
    const decision = planCertificate({ ...observed, certificate, order: orders.get(wanted.id) }, now);
    return { plan: { ...wanted, ...decision }, urgency: urgency(decision, certificate) };
  });
  return plans.sort((a, b) => a.urgency[0] - b.urgency[0] || a.urgency[1] - b.urgency[1]).map(({ plan }) => plan);
}

interface MergedWanted {
  readonly id: string;
  readonly names: string[];
  readonly owners: string[];
  readonly namespace: string;
  readonly profile?: string;
}

function mergeWanted(wanted: readonly Wanted[]): MergedWanted[] {
  const merged = new Map<string, MergedWanted>();
  for (const { names, owner, namespace, profile } of wanted) {
    const id = certificateId(names);
    const first = { id, names: nameSet(names), owners: [], namespace, ...(profile !== undefined && { profile }) };
    const known = merged.get(id) ?? first;
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
      if (decision.reason === 'Revoked') return [1, -1];
      return decision.reason === 'NoCertificate' ? [1, 0] : [2, Date.parse(certificate?.notAfter ?? '') || 0];
    case 'wait':
      return [3, decision.until.getTime()];
  }
}
