/** Lets work go on side by side, and other work alone: that waits for what goes on, and what comes after waits for it. */
export class Exclusion {
  readonly #beside = new Set<Promise<unknown>>();
  #alone: Promise<unknown> | undefined;

  async beside<T>(work: () => Promise<T>): Promise<T> {
    while (this.#alone !== undefined) await this.#alone.catch(() => undefined);
    const done = work();
    this.#beside.add(done);
    try {
      return await done;
    } finally {
      this.#beside.delete(done);
    }
  }

  async alone<T>(work: () => Promise<T>): Promise<T> {
    while (this.#alone !== undefined) await this.#alone.catch(() => undefined);
    const done = Promise.allSettled(this.#beside).then(work);
    this.#alone = done;
    try {
      return await done;
    } finally {
      this.#alone = undefined;
    }
  }
}
