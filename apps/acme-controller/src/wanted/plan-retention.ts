/** What is looked at of a kept certificate. Times are ISO 8601. */
export interface Kept {
  readonly id: string;
  readonly notAfter: string;
  /** Since when no Ingress asks for it. */
  readonly unwantedSince?: string | undefined;
}

export interface RetentionOptions {
  readonly wanted: ReadonlySet<string>;
  /** Ids of what the gateways have. */
  readonly published: ReadonlySet<string>;
  readonly retentionMs: number;
  readonly now: Date;
}

export interface RetentionPlan {
  /** Nobody asks for these any more, from now on. */
  readonly release: readonly string[];
  /** Somebody asks for these again. */
  readonly reclaim: readonly string[];
  /** Kept for as long as was asked, or of no use to anybody. */
  readonly remove: readonly string[];
  /** When the next is to be removed. */
  readonly nextAt: Date | undefined;
}

/** A certificate that nobody asks for is kept for a while, not renewed, so that a host that comes back has it at once; then it is removed. */
export function planRetention(
  kept: Iterable<Kept>,
  { wanted, published, retentionMs, now }: RetentionOptions,
): RetentionPlan {
  const release: string[] = [];
  const reclaim: string[] = [];
  const remove: string[] = [];
  let nextMs = Infinity;
  for (const { id, notAfter, unwantedSince } of kept) {
    if (wanted.has(id)) {
      if (unwantedSince !== undefined) reclaim.push(id);
      continue;
    }
    const since = unwantedSince === undefined ? now.getTime() : Date.parse(unwantedSince);
    const until = Math.min(since + retentionMs, Date.parse(notAfter));
    // One that still serves a name stays; it is looked at again when the gateways have lost it.
    if (until <= now.getTime() && !published.has(id)) remove.push(id);
    else {
      if (unwantedSince === undefined) release.push(id);
      nextMs = Math.min(nextMs, Math.max(until, now.getTime() + 1));
    }
  }
  return { release, reclaim, remove, nextAt: Number.isFinite(nextMs) ? new Date(nextMs) : undefined };
}
