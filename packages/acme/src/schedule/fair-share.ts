/**
 * How much each namespace has had of something that they share, so that the one that had least comes first. One that asks for nothing saves
 * nothing up: it joins again at the level of the others. Valid for one leadership term.
 *
 * @see https://doi.org/10.1109/90.650143 (start-time fair queueing)
 */
export class FairShare {
  readonly #shared = new Map<string, { level: number; readonly had: Map<string, number> }>();

  /** What a namespace counts as having had. @param what - is shared. */
  level(what: string, namespace: string): number {
    const shared = this.#shared.get(what);
    return shared === undefined ? 0 : Math.max(shared.had.get(namespace) ?? 0, shared.level);
  }

  /** A namespace has had one of it. */
  count(what: string, namespace: string): void {
    const shared = this.#shared.get(what) ?? { level: 0, had: new Map<string, number>() };
    shared.level = this.level(what, namespace);
    shared.had.set(namespace, shared.level + 1);
    this.#shared.delete(what);
    this.#shared.set(what, shared);
    if (shared.had.size > MOST_KNOWN) {
      for (const [each, had] of shared.had) if (had <= shared.level) shared.had.delete(each);
    }
    // What was shared out the longest ago goes first.
    for (const oldest of this.#shared.keys()) {
      if (this.#shared.size <= MOST_KNOWN) break;
      this.#shared.delete(oldest);
    }
  }
}

const MOST_KNOWN = 1_000;
