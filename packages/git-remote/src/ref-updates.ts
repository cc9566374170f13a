/** One ref that a push changed. */
export interface RefUpdate {
  /** Full name, e.g. `refs/heads/main`. */
  readonly ref: string;
  /** Object id before; undefined when the push made the ref. */
  readonly old: string | undefined;
  /** Object id after; undefined when the push deleted the ref. */
  readonly new: string | undefined;
}

/** What differs between two readings of the refs, sorted by name. */
export function refUpdates(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly RefUpdate[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .map((ref) => ({ ref, old: before.get(ref), new: after.get(ref) }))
    .filter((update) => update.old !== update.new);
}
