import { setTimeout as sleep } from 'node:timers/promises';
import type { Application, Applications, Refresh } from './applications.ts';
import { ArgoCdError } from './errors.ts';
import { isLater } from './resource-version.ts';
import { waitVerdict, type WaitFailed, type WaitVerdict } from './wait-verdict.ts';

export interface WaitOptions {
  /** The commit, in full. */
  readonly revision: string;
  /** How it is compared with git first. Default `normal`. */
  readonly refresh?: Refresh | undefined;
  /**
   * How long, in milliseconds, a failure that may pass by itself is watched before it is the answer. Default 0.
   * Some are a moment's: an autoscaler counts as degraded until it has its first measurement.
   */
  readonly patienceMs?: number | undefined;
  /** Called at the start and whenever the verdict changes. */
  readonly onProgress?: ((verdict: WaitVerdict, application: Application) => void) | undefined;
  /** The only time limit. */
  readonly signal?: AbortSignal | undefined;
}

export type WaitResult =
  | { readonly kind: 'arrived'; readonly by: 'operation' | 'no-change'; readonly application: Application }
  | (WaitFailed & { readonly application: Application });

/** An event may be lost between Argo CD's list and its watch, so the state is read again this often. */
const checkMs = 10_000;

/** `wait` for any implementation. @throws ArgoCdError `ABORTED`, with what it waited for, when the signal ends it. */
export async function waitFor(
  applications: Pick<Applications, 'get' | 'watch'>,
  name: string,
  { revision, refresh = 'normal', patienceMs = 0, onProgress, signal }: WaitOptions,
): Promise<WaitResult> {
  const own = new AbortController();
  const either = signal === undefined ? own.signal : AbortSignal.any([signal, own.signal]);
  let last: WaitVerdict = { kind: 'waiting', until: 'the refresh' };
  let failingSince: number | undefined;
  try {
    let application = await applications.get(name, { refresh, signal: either });
    const events = applications.watch({ name, signal: either })[Symbol.asyncIterator]();
    let next = events.next();
    next.catch(() => undefined);
    for (let isFirst = true; ; isFirst = false) {
      const verdict = waitVerdict(application, revision);
      if (isFirst || JSON.stringify(verdict) !== JSON.stringify(last)) onProgress?.(verdict, application);
      last = verdict;
      if (verdict.kind === 'arrived') return { ...verdict, application };
      const now = performance.now();
      failingSince = verdict.kind === 'failed' ? (failingSince ?? now) : undefined;
      const patienceLeftMs = failingSince === undefined ? checkMs : failingSince + patienceMs - now;
      if (verdict.kind === 'failed' && (!verdict.mayRecover || patienceLeftMs <= 0)) return { ...verdict, application };

      const event = await firstOf(next, Math.min(checkMs, patienceLeftMs), either);
      if (event === undefined) {
        application = later(await applications.get(name, { signal: either }), application);
        continue;
      }
      if (event.done === true) throw new ArgoCdError('ABORTED', `watching application ${name}: the watch ended`);
      next = events.next();
      next.catch(() => undefined);
      if (event.value.type === 'deleted') {
        return { kind: 'failed', reason: 'Deleted', message: 'it was deleted', mayRecover: false, application };
      }
      application = later(event.value.application, application);
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    const missing =
      last.kind === 'waiting' ? `waits for ${last.until}` : last.kind === 'failed' ? last.message : 'done';
    throw new ArgoCdError(
      'ABORTED',
      `waiting until application ${name} runs ${revision.slice(0, 10)}: given up: ${missing}`,
      {
        cause: signal.reason,
      },
    );
  } finally {
    own.abort();
  }
}

function later(candidate: Application, known: Application): Application {
  return isLater(candidate, known) ? candidate : known;
}

/** The promise's value, or undefined when the time is over first. */
async function firstOf<T>(promise: Promise<T>, timeMs: number, signal: AbortSignal): Promise<T | undefined> {
  const timer = new AbortController();
  try {
    const time = sleep(timeMs, undefined, { signal: AbortSignal.any([timer.signal, signal]) });
    time.catch(() => undefined);
    return await Promise.race([promise, time]);
  } finally {
    timer.abort();
  }
}
