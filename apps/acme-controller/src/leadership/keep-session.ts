import { setTimeout as sleep } from 'node:timers/promises';
import type { KvStore } from '@gatefleet/consul-kv';
import type { Logger } from '../log.ts';

export interface KeepSessionOptions {
  readonly store: KvStore;
  readonly session: string;
  readonly ttlSeconds: number;
  /** `performance.now()` just before the session was made or last renewed. */
  readonly renewedAt: number;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** The store counts from when it took the renewal, we from when it was sent; this much is left for a late timer. */
const MARGIN_MS = 1_000;

/**
 * Renews a session. Comes back with the reason when it is lost, or may be: if no renewal came through within its life, another may lead.
 * Also comes back when aborted.
 */
export async function keepSession(options: KeepSessionOptions): Promise<string> {
  const { store, session, ttlSeconds, log, signal } = options;
  const lifeMs = ttlSeconds * 1_000 - MARGIN_MS;
  let renewedAt = options.renewedAt;
  let pauseMs = lifeMs / 3;
  while (!signal.aborted) {
    const leftMs = renewedAt + lifeMs - performance.now();
    if (leftMs <= 0) return 'the session could not be renewed in time';
    await sleep(Math.min(pauseMs, leftMs), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const sentAt = performance.now();
    const timeLeftMs = Math.max(1, Math.floor(renewedAt + lifeMs - sentAt));
    try {
      const result = await store.renewSession(session, AbortSignal.any([signal, AbortSignal.timeout(timeLeftMs)]));
      if (result === 'lost') return 'the session is lost';
      renewedAt = sentAt;
      pauseMs = lifeMs / 3;
    } catch (error) {
      if (signal.aborted) break;
      log.warn({ err: error }, 'the session was not renewed, trying again');
      pauseMs = 250;
    }
  }
  return 'stopped';
}
