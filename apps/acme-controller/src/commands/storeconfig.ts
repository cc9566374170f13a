import { KvError, type KvEntry, type KvOperation, type KvStore } from '@gatefleet/consul-kv';
import { challengeAndRedirect, configOf, keysOf } from '@gatefleet/traefik-config';
import type { StoreconfigVariables } from '../config/environment.ts';
import type { Logger } from '../log.ts';
import { retryFor } from '../retry.ts';
import { GATEWAY_ROOT } from '../store/keys.ts';

/** What storeconfig owns. Certificates are the leader's. */
const OWNED = `${GATEWAY_ROOT}/http/`;

/**
 * What has to change for the store to hold exactly the wanted keys. Every write is conditional on what was read, so two Jobs at once
 * cannot mix their configurations.
 */
export function planStoreconfig(wanted: ReadonlyMap<string, string>, present: readonly KvEntry[]): KvOperation[] {
  const byKey = new Map(present.map((entry) => [entry.key, entry]));
  const writes = [...wanted]
    .filter(([key, value]) => byKey.get(key)?.value !== value)
    .map(([key, value]): KvOperation => ({ kind: 'cas', key, value, ifIndex: byKey.get(key)?.index ?? 0 }));
  const deletes = present
    .filter(({ key }) => !wanted.has(key))
    .map(({ key, index }): KvOperation => ({ kind: 'delete-cas', key, ifIndex: index }));
  return [...writes, ...deletes];
}

/** Publishes the challenge route and the redirect, in one transaction. Waits for the store to come up. @throws what was wrong at last */
export async function storeconfig(
  variables: StoreconfigVariables,
  { store, log, signal }: { store: KvStore; log: Logger; signal: AbortSignal },
): Promise<void> {
  const wanted = keysOf(
    challengeAndRedirect({
      challengeUrl: variables.GATEFLEET_CHALLENGE_URL,
      entryPoint: variables.GATEFLEET_ENTRY_POINT,
      httpsPort: variables.GATEFLEET_HTTPS_PORT,
    }),
    GATEWAY_ROOT,
  );
  await retryFor((bounded) => publish(wanted, store, log, bounded), {
    seconds: variables.GATEFLEET_WAIT_SECONDS,
    firstMs: 250,
    lastMs: 3_000,
    isRetryable: (error) => error instanceof LostRace || (error instanceof KvError && error.isRetryable),
    onRetry: (error) => log.info({ err: error }, 'waiting for Consul'),
    signal,
  });
}

class LostRace extends Error {
  override readonly name = 'LostRace';
}

async function publish(
  wanted: ReadonlyMap<string, string>,
  store: KvStore,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const present = await store.list(OWNED, signal);
  const operations = planStoreconfig(wanted, present);
  if (operations.length === 0) {
    log.info({ count: wanted.size }, 'the gateway configuration is in place already');
    return;
  }
  // What the gateways would read afterwards, whoever wrote it.
  configOf(wanted, GATEWAY_ROOT);
  const result = await store.transact(operations, signal);
  if (result.kind === 'conflict') throw new LostRace('publishing the gateway configuration: somebody else wrote it');
  log.info({ count: operations.length }, 'published the gateway configuration');
}
