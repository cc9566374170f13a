import type { OrderOutcome, OrderWish } from '@gatefleet/acme';

export interface Due extends OrderWish {
  readonly id: string;
}

export interface OrderQueueOptions {
  /** Orders under way at once, without those that were {@link OrderQueue.release | released}. */
  readonly limit: number;
  readonly run: (due: Due) => Promise<OrderOutcome>;
  /** Called after each run, also of one that threw. Must not throw. */
  readonly onDone: (due: Due, result: { outcome: OrderOutcome } | { error: unknown }, startedAt: number) => void;
}

/** What threw is not run again before this; doubles up to the limit. The engine's own failures say themselves when to come back. */
const FIRST_REST_MS = 500;
const LAST_REST_MS = 30_000;

/** Runs what is due, the most urgent first, a few at once. The queue is what the last look at everything said, nothing older. */
export class OrderQueue {
  readonly #options: OrderQueueOptions;
  readonly #running = new Map<string, Promise<void>>();
  /** Those of what runs that take up no place any more. */
  readonly #released = new Set<string>();
  readonly #resting = new Map<string, { until: number; pauseMs: number }>();
  #queue: readonly Due[] = [];

  constructor(options: OrderQueueOptions) {
    this.#options = options;
  }

  get running(): ReadonlySet<string> {
    return new Set(this.#running.keys());
  }

  /** Whether more waits than there are places for. */
  get isFull(): boolean {
    return this.#queue.length > this.#running.size && this.#placesTaken() >= this.#options.limit;
  }

  /** What this one still waits for costs the CA and the store nothing: the next may begin. It still runs, and is not begun again. */
  release(id: string): void {
    if (!this.#running.has(id)) return;
    this.#released.add(id);
    this.#start();
  }

  /** Replaces what waits. What runs goes on. */
  replace(due: readonly Due[]): void {
    this.#queue = due;
    const ids = new Set(due.map(({ id }) => id));
    for (const id of this.#resting.keys()) if (!ids.has(id) && !this.#running.has(id)) this.#resting.delete(id);
    this.#start();
  }

  /** When the first of what waits may be run after it threw, in milliseconds from now. */
  restMs(): number | undefined {
    const rests = this.#queue.flatMap(({ id }) => {
      const rest = this.#running.has(id) ? undefined : this.#resting.get(id);
      return rest === undefined ? [] : [Math.max(0, rest.until - performance.now())];
    });
    return rests.length === 0 ? undefined : Math.min(...rests);
  }

  /** Comes back when nothing runs. */
  async settled(): Promise<void> {
    this.#queue = [];
    await Promise.allSettled(this.#running.values());
  }

  #start(): void {
    for (const due of this.#queue) {
      if (this.#placesTaken() >= this.#options.limit) return;
      if (this.#running.has(due.id) || (this.#resting.get(due.id)?.until ?? 0) > performance.now()) continue;
      this.#running.set(due.id, this.#run(due));
    }
  }

  #placesTaken(): number {
    return this.#running.size - this.#released.size;
  }

  async #run(due: Due): Promise<void> {
    const startedAt = performance.now();
    let result: { outcome: OrderOutcome } | { error: unknown };
    try {
      result = { outcome: await this.#options.run(due) };
      this.#resting.delete(due.id);
    } catch (error) {
      result = { error };
      const pauseMs = Math.min((this.#resting.get(due.id)?.pauseMs ?? FIRST_REST_MS / 2) * 2, LAST_REST_MS);
      this.#resting.set(due.id, { until: performance.now() + pauseMs, pauseMs });
    }
    this.#running.delete(due.id);
    this.#released.delete(due.id);
    // Its part of the queue is done; whether more is due the next look will say.
    this.#queue = this.#queue.filter(({ id }) => id !== due.id || 'error' in result);
    this.#options.onDone(due, result, startedAt);
    this.#start();
  }
}
