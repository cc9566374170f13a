import type { Application } from 'argocd-ts-client';
import { attemptedRevision } from './deployments.ts';
import { keyOf, type StuckPod } from './stuck-pods.ts';

/** So long does a Pod have to be stuck for the same reason before that is the answer: one failed pull may be repeated. */
const patienceMs = 15_000;
/** What was there before the commit was applied may just be about to be replaced. */
const patienceWithOldMs = 45_000;

/** Kinds that make Pods, themselves or through a ReplicaSet. */
const makers = new Set(['DaemonSet', 'Deployment', 'Job', 'StatefulSet']);

/**
 * Decides when stuck Pods are the answer about a commit. Before Argo CD has begun to apply it, they tell of what ran before; and one whose
 * maker is still to be changed in this sync will be replaced.
 */
export class StuckWatch {
  readonly #revision: string;
  readonly #sinceMs = new Map<string, number>();

  /** @param revision - the commit, in full */
  constructor(revision: string) {
    this.#revision = revision;
  }

  /**
   * The Pod that is the answer, if one is by now.
   *
   * @param stuck - all that are stuck at this look
   * @param application - as Argo CD told of it last; undefined as long as it has not
   * @param nowMs - of a clock that only goes forward
   */
  look(stuck: readonly StuckPod[], application: Application | undefined, nowMs: number): StuckPod | undefined {
    const here =
      application === undefined || !isApplied(application, this.#revision)
        ? []
        : stuck.filter((each) => !willChange(application, this.#revision, each));
    const keys = new Set(here.map(keyOf));
    for (const key of this.#sinceMs.keys()) if (!keys.has(key)) this.#sinceMs.delete(key);
    const began = Date.parse(application?.status?.operationState?.startedAt ?? '');
    return here.find((each) => {
      const sinceMs = this.#sinceMs.get(keyOf(each)) ?? nowMs;
      this.#sinceMs.set(keyOf(each), sinceMs);
      return nowMs - sinceMs >= (each.createdMs >= began ? patienceMs : patienceWithOldMs);
    });
  }
}

/** Whether Argo CD is at the commit: an operation is or was the last, or there was nothing to do for it. */
function isApplied(application: Application, revision: string): boolean {
  return attemptedRevision(application) === revision || application.status?.sync?.revision === revision;
}

/** A comparison with another commit says nothing about this one. */
function willChange({ status }: Application, revision: string, { madeBy }: StuckPod): boolean {
  if (status?.sync?.revision !== revision) return false;
  return (status.resources ?? []).some(
    ({ kind = '', name = '', status: state }) =>
      state === 'OutOfSync' && makers.has(kind) && (madeBy === name || madeBy.startsWith(`${name}-`)),
  );
}
