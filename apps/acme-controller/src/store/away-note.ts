import type { KvStore } from '@gatefleet/consul-kv';
import { z } from 'zod';
import type { Fence } from './fence.ts';
import { CA_AWAY } from './keys.ts';

const AwayRecord = z.object({ until: z.iso.datetime() });

/** A trial of a CA that is away moves the time on with every look. */
const ROUNDED_TO_MS = 60_000;

/** Until when no CA is asked, for none can be reached; undefined where one can. ISO 8601, to the minute. Any replica may read it. */
export async function readAway(store: Pick<KvStore, 'get'>, signal: AbortSignal): Promise<string | undefined> {
  const entry = await store.get(CA_AWAY, signal);
  return entry === undefined ? undefined : AwayRecord.parse(JSON.parse(entry.value)).until;
}

/** Tells all replicas what the leader alone knows: that no CA can be reached. Costs nothing as long as one can. */
export class AwayNote {
  readonly #store: KvStore;
  readonly #fence: Fence;
  #known: { readonly until: string | undefined } | undefined;

  constructor(store: KvStore, fence: Fence) {
    this.#store = store;
    this.#fence = fence;
  }

  async tell(awayUntil: Date | undefined, signal: AbortSignal): Promise<void> {
    const until = awayUntil && new Date(Math.ceil(awayUntil.getTime() / ROUNDED_TO_MS) * ROUNDED_TO_MS).toISOString();
    this.#known ??= { until: await readAway(this.#store, signal) };
    if (this.#known.until === until) return;
    this.#known = undefined;
    const key = CA_AWAY;
    const value = JSON.stringify({ until });
    const result = await this.#fence.transact(
      [until === undefined ? { kind: 'delete', key } : { kind: 'set', key, value }],
      signal,
    );
    if (result.kind === 'written') this.#known = { until };
  }
}
