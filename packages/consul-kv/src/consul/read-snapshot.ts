import { Connections } from './connections.ts';
import type { ConsulKvOptions } from './consul-kv-store.ts';
import { sendForBytes } from './http.ts';
import { Servers } from './servers.ts';

/** For the leader to take it, before its first byte comes. */
const TAKING_MS = 60_000;

/**
 * The whole state of Consul, tokens included, as an archive that it restores from. Only who may write tokens is given it.
 *
 * @returns its bytes as they come; throws KvError where they break off.
 * @throws KvError
 * @see https://developer.hashicorp.com/consul/api-docs/snapshot
 */
export async function readSnapshot(
  {
    addresses,
    ca,
    token = () => Promise.resolve(undefined),
    timeoutMs = 5_000,
  }: Pick<ConsulKvOptions, 'addresses' | 'ca' | 'token' | 'timeoutMs'>,
  signal?: AbortSignal,
): Promise<AsyncIterable<Buffer>> {
  return sendForBytes(
    { method: 'GET', path: 'snapshot', doing: 'taking a snapshot', extraTimeMs: TAKING_MS, signal },
    { servers: new Servers(addresses), connections: new Connections(ca), timeoutMs, token },
  );
}
