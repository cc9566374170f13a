import { readFile } from 'node:fs/promises';
import { fingerprint, gossipKeySecret, valuesIn } from '@gatefleet/certificate-commands';
import { KvError, type ConsulKeyring } from '@gatefleet/consul-kv';
import { planRing } from '../acl/plan-ring.ts';
import type { ConsulAclVariables } from '../config/environment.ts';
import { ConfigError } from '../config/errors.ts';
import type { Logger } from '../log.ts';
import { retryFor } from '../retry.ts';

export interface GossipRingDeps {
  readonly keyring: Pick<ConsulKeyring, 'state' | 'take'>;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Has the servers take, use and drop keys for gossip, until they have exactly those in the file. Safe to repeat. @throws ConfigError, or what was wrong at last */
export async function gossipRing(
  {
    GATEFLEET_GOSSIP_KEYS_FILE: file,
    GATEFLEET_WAIT_SECONDS: seconds,
  }: Pick<ConsulAclVariables, 'GATEFLEET_GOSSIP_KEYS_FILE' | 'GATEFLEET_WAIT_SECONDS'>,
  { keyring, log, signal }: GossipRingDeps,
): Promise<void> {
  const keys = await readKeys(file);
  const bringInLine = async (bounded: AbortSignal) => {
    for (;;) {
      const steps = planRing(keys, await keyring.state(bounded));
      if (steps.length === 0) return;
      for (const { kind, key } of steps) {
        await keyring.take(kind, key, bounded);
        log.info({ key: fingerprint(key), kind }, 'told the servers of a key for gossip');
      }
    }
  };
  await retryFor(bringInLine, {
    seconds,
    firstMs: 250,
    lastMs: 3_000,
    isRetryable: (error) => error instanceof KvError && error.isRetryable,
    onRetry: (error) => log.info({ err: error }, 'not every server has taken the keys for gossip'),
    signal,
  });
  log.info({ count: keys.length }, 'the servers have the keys for gossip');
}

async function readKeys(file: string): Promise<readonly string[]> {
  try {
    const keys = valuesIn(await readFile(file, 'utf8'));
    if (keys.length > 0) return keys;
  } catch (cause) {
    const hint = `it is mounted from the Secret ${gossipKeySecret.name}`;
    throw new ConfigError(`reading ${file}`, { hint, cause });
  }
  throw new ConfigError(`reading ${file}: there is no key in it`);
}
