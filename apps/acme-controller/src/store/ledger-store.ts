import { BucketState, caId, type BucketName, type Buckets, type LedgerStore } from '@gatefleet/acme';
import type { KvOperation, KvStore } from '@gatefleet/consul-kv';
import { MAX_FENCED_OPERATIONS, type Fence } from './fence.ts';
import { LEDGER } from './keys.ts';

/** What was spent at one CA. Any replica may read it. */
export async function readLedger(store: KvStore, directoryUrl: string, signal: AbortSignal): Promise<Buckets> {
  const prefix = prefixOf(directoryUrl);
  const entries = await store.list(prefix, signal);
  return new Map(
    entries.map(({ key, value }): [BucketName, BucketState] => [
      decodeURIComponent(key.slice(prefix.length)),
      BucketState.parse(JSON.parse(value)),
    ]),
  );
}

/** What was spent at one CA, a key for each bucket. Not encrypted: it holds names and numbers. */
export function ledgerStore(store: KvStore, fence: Fence, directoryUrl: string): LedgerStore {
  const prefix = prefixOf(directoryUrl);
  return {
    load: (signal) => readLedger(store, directoryUrl, signal),

    async write(changes, signal) {
      const operations = [...changes].map(([bucket, state]): KvOperation => {
        const key = prefix + bucket.split('/').map(encodeURIComponent).join('/');
        return state === undefined ? { kind: 'delete', key } : { kind: 'set', key, value: JSON.stringify(state) };
      });
      for (let at = 0; at < operations.length; at += MAX_FENCED_OPERATIONS) {
        const result = await fence.transact(operations.slice(at, at + MAX_FENCED_OPERATIONS), signal);
        if (result.kind !== 'written') return 'lost-leadership';
      }
      return 'written';
    },
  };
}

function prefixOf(directoryUrl: string): string {
  return `${LEDGER}${caId(directoryUrl)}/`;
}
