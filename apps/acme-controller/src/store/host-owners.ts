import type { KvOperation, KvStore } from '@gatefleet/consul-kv';
import { z } from 'zod';
import type { HostOwner } from '../wanted/host-owner.ts';
import { MAX_FENCED_OPERATIONS, type Fence } from './fence.ts';
import { HOSTS } from './keys.ts';

const HostRecord = z.object({
  namespace: z.string(),
  claimedAt: z.iso.datetime(),
  /** Since when nobody of the namespace asks for it. */
  releasedAt: z.iso.datetime().optional(),
  /** It was seen, and a rule with a wildcard serves it. */
  isOnDemand: z.boolean().optional(),
  epoch: z.int().nonnegative(),
});

interface Known {
  readonly owners: Map<string, HostOwner>;
  readonly indexes: Map<string, number>;
}

/** Owners of all hosts, read from the store. Any replica may. */
export async function readHostOwners(store: KvStore, signal: AbortSignal): Promise<ReadonlyMap<string, HostOwner>> {
  return (await read(store, signal)).owners;
}

/** Which namespace owns each host, as a leader knows it: read once in a term, for until it ends nobody else writes. */
export class HostRegister {
  readonly #store: KvStore;
  readonly #fence: Fence;
  #known: Promise<Known> | undefined;

  constructor(store: KvStore, fence: Fence) {
    this.#store = store;
    this.#fence = fence;
  }

  async owners(signal: AbortSignal): Promise<ReadonlyMap<string, HostOwner>> {
    return (await this.#read(signal)).owners;
  }

  /** Everything is read again when it is next asked for. */
  forget(): void {
    this.#known = undefined;
  }

  /** @returns `changed` when somebody else wrote meanwhile: look again */
  async write(
    changes: ReadonlyMap<string, HostOwner | undefined>,
    signal: AbortSignal,
  ): Promise<'written' | 'changed' | 'lost-leadership'> {
    const known = await this.#read(signal);
    const all = [...changes];
    for (let at = 0; at < all.length; at += MAX_FENCED_OPERATIONS) {
      const batch = all.slice(at, at + MAX_FENCED_OPERATIONS);
      // What breaks off in the middle is read again.
      this.#known = undefined;
      const result = await this.#fence.transact(
        batch.map(([host, owner]) => this.#operation(host, owner, known.indexes.get(host) ?? 0)),
        signal,
      );
      if (result.kind !== 'written') return result.kind === 'conflict' ? 'changed' : 'lost-leadership';
      for (const [host, owner] of batch) {
        if (owner === undefined) {
          known.owners.delete(host);
          known.indexes.delete(host);
        } else {
          known.owners.set(host, owner);
          known.indexes.set(host, result.indexes.get(HOSTS + host) ?? 0);
        }
      }
      this.#known = Promise.resolve(known);
    }
    return 'written';
  }

  #operation(host: string, owner: HostOwner | undefined, ifIndex: number): KvOperation {
    const key = HOSTS + host;
    if (owner === undefined) return { kind: 'delete-cas', key, ifIndex };
    const record: z.infer<typeof HostRecord> = { ...owner, epoch: this.#fence.epoch };
    return { kind: 'cas', key, value: JSON.stringify(record), ifIndex };
  }

  #read(signal: AbortSignal): Promise<Known> {
    this.#known ??= read(this.#store, signal).catch((error: unknown) => {
      this.#known = undefined;
      throw error;
    });
    return this.#known;
  }
}

async function read(store: KvStore, signal: AbortSignal): Promise<Known> {
  const owners = new Map<string, HostOwner>();
  const indexes = new Map<string, number>();
  for (const { key, value, index } of await store.list(HOSTS, signal)) {
    const host = key.slice(HOSTS.length);
    const { epoch: _epoch, ...owner } = HostRecord.parse(JSON.parse(value));
    owners.set(host, owner);
    indexes.set(host, index);
  }
  return { owners, indexes };
}
