import type { Clock } from '@gatefleet/acme';
import type { KvStore } from '@gatefleet/consul-kv';
import { z } from 'zod';
import type { Fence } from './fence.ts';
import { HOLD } from './keys.ts';

const HoldRecord = z.object({
  /** `asked`: by an administrator. `store-lost`: the leader found an empty store where there had been certificates. */
  reason: z.enum(['asked', 'store-lost']),
  since: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
});

/** First certificates are not ordered. ISO 8601. */
export interface Hold {
  readonly reason: z.infer<typeof HoldRecord>['reason'];
  readonly since: string;
}

export type HoldState = { readonly kind: 'never' } | { readonly kind: 'ended' } | ({ readonly kind: 'held' } & Hold);

/** Read from the store. Any replica may. */
export async function readHold(store: Pick<KvStore, 'get'>, signal: AbortSignal): Promise<HoldState> {
  const entry = await store.get(HOLD, signal);
  if (entry === undefined) return { kind: 'never' };
  const { reason, since, endedAt } = HoldRecord.parse(JSON.parse(entry.value));
  return endedAt === undefined ? { kind: 'held', reason, since } : { kind: 'ended' };
}

/** Whether first certificates are ordered, as a leader knows it: read once in a term, for until it ends nobody else writes. */
export class OrderingHold {
  readonly #store: KvStore;
  readonly #fence: Fence;
  readonly #clock: Pick<Clock, 'now'>;
  #known: HoldState | undefined;
  /** One more with each moment from which on what was read before may be wrong. */
  #turn = 0;

  constructor(store: KvStore, fence: Fence, clock: Pick<Clock, 'now'>) {
    this.#store = store;
    this.#fence = fence;
    this.#clock = clock;
  }

  async state(signal: AbortSignal): Promise<HoldState> {
    if (this.#known !== undefined) return this.#known;
    const turn = this.#turn;
    const read = await readHold(this.#store, signal);
    if (turn === this.#turn) this.#known = read;
    return read;
  }

  /** It is read again when it is next asked for. */
  forget(): void {
    this.#known = undefined;
    this.#turn += 1;
  }

  /** One that lasts stays as it is. */
  async begin(reason: Hold['reason'], signal: AbortSignal): Promise<'written' | 'lost-leadership'> {
    if ((await this.state(signal)).kind === 'held') return 'written';
    return this.#write({ reason, since: this.#clock.now().toISOString() }, signal);
  }

  /** That it has ended is remembered: what an empty store means has been said. */
  async end(signal: AbortSignal): Promise<'written' | 'lost-leadership'> {
    const state = await this.state(signal);
    if (state.kind !== 'held') return 'written';
    const { reason, since } = state;
    return this.#write({ reason, since, endedAt: this.#clock.now().toISOString() }, signal);
  }

  async #write(record: z.infer<typeof HoldRecord>, signal: AbortSignal): Promise<'written' | 'lost-leadership'> {
    const result = await this.#fence
      .transact([{ kind: 'set', key: HOLD, value: JSON.stringify(record) }], signal)
      .finally(() => this.forget());
    return result.kind === 'written' ? 'written' : 'lost-leadership';
  }
}
