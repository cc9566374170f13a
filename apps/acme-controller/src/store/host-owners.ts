import type { KvEntry, KvOperation, KvStore } from '@gatefleet/consul-kv';
import { z } from 'zod';
import { MAX_FENCED_OPERATIONS, type Fence } from './fence.ts';
import { HOSTS } from './keys.ts';

const HostRecord = z.object({ namespace: z.string(), claimedAt: z.iso.datetime(), epoch: z.int().nonnegative() });

/** Which namespace owns each host: the first that asked for it. */
export interface HostOwners {
  /** Namespace by host. */
  readonly namespaces: ReadonlyMap<string, string>;
  readonly entries: ReadonlyMap<string, KvEntry>;
}

export async function readHostOwners(store: KvStore, signal: AbortSignal): Promise<HostOwners> {
  const entries = await store.list(HOSTS, signal);
  const byHost = new Map(entries.map((entry) => [entry.key.slice(HOSTS.length), entry]));
  const namespaces = new Map(
    [...byHost].map(([host, { value }]) => [host, HostRecord.parse(JSON.parse(value)).namespace]),
  );
  return { namespaces, entries: byHost };
}

export interface HostChanges {
  readonly claims: ReadonlyMap<string, string>;
  readonly releases: readonly string[];
}

/** @returns `changed` when somebody else wrote meanwhile: read again */
export async function writeHostOwners(
  { claims, releases }: HostChanges,
  owners: HostOwners,
  { fence, now, signal }: { fence: Fence; now: Date; signal: AbortSignal },
): Promise<'written' | 'changed' | 'lost-leadership'> {
  const index = (host: string) => owners.entries.get(host)?.index ?? 0;
  const operations: KvOperation[] = [];
  for (const host of releases) {
    if (!claims.has(host)) operations.push({ kind: 'delete-cas', key: HOSTS + host, ifIndex: index(host) });
  }
  for (const [host, namespace] of claims) {
    const record: z.infer<typeof HostRecord> = { namespace, claimedAt: now.toISOString(), epoch: fence.epoch };
    operations.push({ kind: 'cas', key: HOSTS + host, value: JSON.stringify(record), ifIndex: index(host) });
  }
  for (let at = 0; at < operations.length; at += MAX_FENCED_OPERATIONS) {
    const result = await fence.transact(operations.slice(at, at + MAX_FENCED_OPERATIONS), signal);
    if (result.kind !== 'written') return result.kind === 'conflict' ? 'changed' : 'lost-leadership';
  }
  return 'written';
}
