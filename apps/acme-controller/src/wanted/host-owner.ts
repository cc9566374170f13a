/** Who has a host. Times are ISO 8601. */
export interface HostOwner {
  readonly namespace: string;
  readonly claimedAt: string;
  /** Since when no Ingress of the namespace asks for it. */
  readonly releasedAt?: string | undefined;
  /** No rule names it: it was seen, and a rule with a wildcard serves it. */
  readonly isOnDemand?: boolean | undefined;
}

/** How long a host stays its last owner's after its Ingress went: long enough to make it again, and to notice that somebody else would have it. */
export const RESERVED_MS = 24 * 3_600_000;

/** Until when a host is kept for its last owner; undefined while it is in use. */
export function reservedUntil({ releasedAt }: HostOwner): Date | undefined {
  return releasedAt === undefined ? undefined : new Date(Date.parse(releasedAt) + RESERVED_MS);
}
