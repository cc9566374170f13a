/** What is looked at of a certificate. Times are ISO 8601. */
interface Dated {
  readonly id: string;
  readonly serial: string;
  readonly notBefore: string;
  readonly notAfter: string;
}

export interface SnapshotState {
  readonly kept: ReadonlyMap<string, Dated>;
  /** Ids of what the gateways have. */
  readonly published: ReadonlySet<string>;
  readonly snapshot: ReadonlyMap<string, Dated>;
}

export interface SnapshotPlan {
  /** Ids of what takes its place in the snapshot. */
  readonly take: readonly string[];
  /** Ids of what nothing is known of any more. */
  readonly drop: readonly string[];
}

/** So long somebody has to notice that a renewal was bad, before its predecessor is forgotten. */
const SOAK_MS = 24 * 3_600_000;

/**
 * How the snapshot follows what is published: a first certificate at once, another in its place only after a day, or a quarter of its
 * life where that is shorter. So for that long one can go back.
 */
export function planSnapshot({ kept, published, snapshot }: SnapshotState, now: Date): SnapshotPlan {
  const take = [...kept.values()].filter((certificate) => {
    if (!published.has(certificate.id) || hasEnded(certificate, now)) return false;
    const before = snapshot.get(certificate.id);
    if (before === undefined || hasEnded(before, now)) return true;
    return before.serial !== certificate.serial && hasSoaked(certificate, now);
  });
  return { take: take.map(({ id }) => id), drop: [...snapshot.keys()].filter((id) => !kept.has(id)) };
}

function hasEnded({ notAfter }: Dated, now: Date): boolean {
  return Date.parse(notAfter) <= now.getTime();
}

function hasSoaked({ notBefore, notAfter }: Dated, now: Date): boolean {
  const start = Date.parse(notBefore);
  return now.getTime() - start >= Math.min(SOAK_MS, (Date.parse(notAfter) - start) / 4);
}
