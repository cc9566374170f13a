import type { Application, Applications, Refresh } from './applications.ts';
import { ArgoCdError } from './errors.ts';
import { Observation } from './observe.ts';
import { waitVerdict, type WaitFailed, type WaitVerdict } from './wait-verdict.ts';

export interface WaitOptions {
  /** The commit, in full. */
  readonly revision: string;
  /** How it is compared with git first. Default `normal`. */
  readonly refresh?: Refresh | undefined;
  /**
   * How long, in milliseconds, a failure that may pass by itself is watched before it is the answer. Default 0.
   * Some are a moment's: an autoscaler counts as degraded until it has its first measurement.
   * A difference after a sync is watched for 5 s in any case.
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

export type WaitAllOptions = Omit<WaitOptions, 'revision' | 'onProgress'> & {
  readonly onProgress?: ((name: string, verdict: WaitVerdict, application: Application) => void) | undefined;
};

/** What a wait needs of Argo CD. */
export interface WaitSource {
  /** Asks for a comparison with git. What it answers with may still be from before it. */
  readonly startRefresh: (name: string, refresh: Refresh, signal: AbortSignal) => Promise<Application>;
  get: Applications['get'];
  list: Applications['list'];
  watch: Applications['watch'];
}

/** So long is nothing else looked for, when no failure is being watched. */
const idleMs = 60_000;

/** Argo CD learns by a watch what its own sync changed, so a comparison right after one may yet see the old state. */
const settleMs = 5_000;

/** `wait` for any implementation. @throws ArgoCdError `ABORTED`, with what it waited for, when the signal ends it. */
export async function waitFor(
  source: Pick<WaitSource, 'startRefresh' | 'get' | 'watch'>,
  name: string,
  { revision, refresh = 'normal', patienceMs = 0, onProgress, signal }: WaitOptions,
): Promise<WaitResult> {
  const own = new AbortController();
  const either = signal === undefined ? own.signal : AbortSignal.any([signal, own.signal]);
  let last: WaitVerdict | undefined;
  let failingSince: number | undefined;
  try {
    let application = await source.startRefresh(name, refresh, either);
    const observation = new Observation(source, name, application, either);
    for (;;) {
      const verdict = waitVerdict(application, revision);
      if (JSON.stringify(verdict) !== JSON.stringify(last)) onProgress?.(verdict, application);
      last = verdict;
      if (verdict.kind === 'arrived') return { ...verdict, application };
      let withinMs = idleMs;
      if (verdict.kind === 'failed') {
        failingSince ??= performance.now();
        const grantedMs = verdict.reason === 'OutOfSync' ? Math.max(patienceMs, settleMs) : patienceMs;
        withinMs = failingSince + grantedMs - performance.now();
        if (!verdict.mayRecover || withinMs <= 0) return { ...verdict, application };
      } else {
        failingSince = undefined;
      }
      const next = await observation.next(withinMs);
      if (next === undefined)
        return { kind: 'failed', reason: 'Deleted', message: 'it was deleted', mayRecover: false, application };
      application = next;
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    const what = `waiting until application ${name} runs ${revision.slice(0, 10)}: given up: ${missing(last)}`;
    throw new ArgoCdError('ABORTED', what, { cause: signal.reason });
  } finally {
    own.abort();
  }
}

function missing(verdict: WaitVerdict | undefined): string {
  if (verdict?.kind === 'failed') return verdict.message;
  return `it waits for ${verdict?.kind === 'waiting' ? verdict.until : 'the refresh'}`;
}
