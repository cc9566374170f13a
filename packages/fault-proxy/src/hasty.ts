import type { Entry } from './entry.ts';

/** A request that came although the CA, or the proxy in its stead, had asked to wait longer. */
export interface Hasty {
  readonly entry: Entry;
  /** Whose answer it disregarded: the last one before it that was still in force. */
  readonly told: Entry;
}

export interface HastyOptions {
  /** How long an answer may take to be heeded, in milliseconds: what is on its way by then is not hasty. Default 0. */
  readonly learnMs?: number;
  /** How much too early is not hasty yet, in milliseconds: clocks and timers are not exact. Default 0. */
  readonly graceMs?: number;
  /** Who is told by an answer, and who has to heed it. Default: all requests are one client's. */
  readonly clientOf?: (entry: Entry) => string;
}

/** Requests that came after a 429 or 503 for their kind of resource and before the end of its `Retry-After`, in the order in which they came. */
export function hastyRequests(entries: readonly Entry[], options: HastyOptions = {}): readonly Hasty[] {
  const { learnMs = 0, graceMs = 0, clientOf = () => '' } = options;
  const groupOf = (entry: Entry) => `${entry.kind} ${clientOf(entry)}`;
  const holds = Map.groupBy(entries.flatMap(holdOf), ({ told }) => groupOf(told));
  return entries.flatMap((entry) => {
    const hold = holds
      .get(groupOf(entry))
      ?.findLast(({ from, until }) => entry.at > from + learnMs && entry.at < until - graceMs);
    return hold === undefined ? [] : [{ entry, told: hold.told }];
  });
}

function holdOf(told: Entry): readonly { readonly told: Entry; readonly from: number; readonly until: number }[] {
  const { given } = told;
  if (given === undefined || !('retryAt' in given) || given.retryAt === undefined) return [];
  return [{ told, from: given.at, until: given.retryAt }];
}
