import { setTimeout as sleep } from 'node:timers/promises';
import { KvError, type KvStore } from '@gatefleet/consul-kv';
import type { Logger } from '../log.ts';
import { retry } from '../retry.ts';
import { Fence } from '../store/fence.ts';
import { LEADER } from '../store/keys.ts';
import { keepSession } from './keep-session.ts';
import { leaderIdentity, leaderValue } from './leader-value.ts';

/** Consul's least. A leader that vanished is noticed after 10 to 20 s: Consul adds up to as much again. */
const TTL_SECONDS = 10;
/** A leader stops by itself before its session can end; this covers a request to the CA that was on its way even so. */
const LOCK_DELAY_SECONDS = 2;
/** While the lock delay runs there is nothing to watch. */
const HELD_PAUSE_MS = 300;
/** What does not stop when told to is left behind: its writes are refused once the lock is gone. */
const STOP_MS = 3_000;

export interface Term {
  readonly fence: Fence;
  /** Aborted as soon as this replica may no longer lead. */
  readonly signal: AbortSignal;
}

export interface CampaignOptions {
  readonly store: KvStore;
  /** Who this is, as written into the lock; no other process that runs has it. */
  readonly identity: string;
  readonly log: Logger;
  /** The leader's work; comes back or throws when its term is over. What it throws is logged, and the lock given up. */
  readonly lead: (term: Term) => Promise<void>;
  readonly onLeading: (isLeading: boolean) => void;
}

/** Stands for leader over and over until `signal`; then gives the lock back at once. */
export async function campaign(options: CampaignOptions, signal: AbortSignal): Promise<void> {
  const { log, store } = options;
  const again = {
    firstMs: 200,
    lastMs: 3_000,
    isRetryable: (error: unknown) => error instanceof KvError,
    onRetry: (error: unknown) => log.warn({ err: error }, 'standing for leader again'),
    signal,
  };
  await retry(() => endFormerSelf(options, signal), again).catch(ignoreWhenAborted(signal));
  while (!signal.aborted) {
    await retry(() => untilFree(store, signal), again).catch(ignoreWhenAborted(signal));
    if (signal.aborted) return;
    try {
      await stand(options, signal);
    } catch (error) {
      if (signal.aborted) return;
      log.error({ err: error }, 'the term ended with an error');
      await pause(1_000, signal);
    }
  }
}

/**
 * A process that was killed and started again under its own name, as a container is in its Pod, need not wait for its former session to run
 * out: nobody is left to use it.
 */
async function endFormerSelf({ store, identity, log }: CampaignOptions, signal: AbortSignal): Promise<void> {
  const lock = await store.get(LEADER, signal);
  if (lock?.session === undefined || leaderIdentity(lock.value) !== identity) return;
  await store.destroySession(lock.session, signal);
  log.info({ identity }, 'ended the session of the process before this one');
}

async function untilFree(store: KvStore, signal: AbortSignal): Promise<void> {
  for await (const [lock] of store.watch({ key: LEADER }, signal)) {
    if (lock?.session === undefined) return;
  }
}

async function stand(options: CampaignOptions, signal: AbortSignal): Promise<void> {
  const { store, identity, log } = options;
  // Taken before the request: the session cannot end sooner than this plus its TTL.
  const createdAt = performance.now();
  const session = await store.createSession(
    { name: `acme-controller ${identity}`, ttlSeconds: TTL_SECONDS, lockDelaySeconds: LOCK_DELAY_SECONDS },
    signal,
  );
  try {
    const result = await store.acquire(LEADER, leaderValue(identity), session, signal);
    if (result.kind !== 'acquired') return await pause(HELD_PAUSE_MS, signal);
    const lock = await store.get(LEADER, signal);
    if (lock?.session !== session) return;
    await serve(options, { session, epoch: lock.lockIndex, createdAt }, signal);
  } finally {
    await giveBack(store, session).catch((error: unknown) => log.warn({ err: error }, 'the lock was not given back'));
  }
}

interface Mandate {
  readonly session: string;
  readonly epoch: number;
  readonly createdAt: number;
}

async function serve(options: CampaignOptions, mandate: Mandate, signal: AbortSignal): Promise<void> {
  const { store, log, lead, onLeading } = options;
  const { session, epoch } = mandate;
  const over = new AbortController();
  const term = AbortSignal.any([signal, over.signal]);
  const end = (reason: string) => {
    if (over.signal.aborted) return;
    log.info({ epoch, reason }, 'the term is over');
    over.abort(new Error(reason));
  };
  const fence = new Fence({ store, session, epoch, log, onLost: () => end('the lock is gone') });
  log.info({ epoch }, 'leading');
  onLeading(true);
  const kept = keepSession({
    store,
    session,
    ttlSeconds: TTL_SECONDS,
    renewedAt: mandate.createdAt,
    log,
    signal: term,
  }).then(end);
  try {
    const work = lead({ fence, signal: term });
    const stopped = new Promise<void>((resolve) => {
      term.addEventListener('abort', () => void sleep(STOP_MS, undefined, { ref: false }).then(() => resolve()), {
        once: true,
      });
    });
    await Promise.race([work, stopped]).catch((error: unknown) => {
      if (!term.aborted) throw error;
    });
  } finally {
    onLeading(false);
    end('the work ended');
    await kept;
  }
}

/** In order, so that no lock delay holds up the next leader. Not by the caller's signal, which is what made us stop. */
async function giveBack(store: KvStore, session: string): Promise<void> {
  const signal = AbortSignal.timeout(3_000);
  await store.release(LEADER, session, signal);
  await store.destroySession(session, signal);
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}

function ignoreWhenAborted(signal: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!signal.aborted) throw error;
  };
}
