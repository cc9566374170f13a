import type { Application } from 'argocd-ts-client';
import { attemptedRevision } from './deployments.ts';
import type { StuckPod } from './stuck-pods.ts';

/** So long does a Pod have to be stuck for the same reason before that is the answer: one failed pull may be repeated. */
const patienceMs = 15_000;
/** What was there before the commit was applied may just be about to be replaced. */
const patienceWithOldMs = 45_000;

/** Kinds that make Pods, themselves or through a ReplicaSet. */
const makers = new Set(['DaemonSet', 'Deployment', 'Job', 'StatefulSet']);

/**
 * Decides when stuck Pods are the answer about a commit. As long as Argo CD has not come to it they tell of what ran before, unless an
 * operation is under way, which waits for them and lets nothing else begin. And one whose maker is still to be changed will be replaced.
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
      application === undefined || !isReached(application, this.#revision)
        ? []
        : stuck.filter((each) => !willChange(application, this.#revision, each));
    const keys = new Set(here.map(keyOf));
    for (const key of this.#sinceMs.keys()) if (!keys.has(key)) this.#sinceMs.delete(key);
    const began = startOfOperation(application, this.#revision);
    return here.find((each) => {
      const sinceMs = this.#sinceMs.get(keyOf(each)) ?? nowMs;
      this.#sinceMs.set(keyOf(each), sinceMs);
      return nowMs - sinceMs >= (each.createdMs >= began ? patienceMs : patienceWithOldMs);
    });
  }
}

/** Whether Argo CD is at the commit, with or without something to do for it, or held up by what it does at another. */
function isReached(application: Application, revision: string): boolean {
  return (
    application.operation !== undefined ||
    attemptedRevision(application) === revision ||
    application.status?.sync?.revision === revision
  );
}

/** When the operation at the commit began, in milliseconds since 1970; NaN, which nothing is after, when there is none. */
function startOfOperation(application: Application | undefined, revision: string): number {
  if (application === undefined || attemptedRevision(application) !== revision) return Number.NaN;
  return Date.parse(application.status?.operationState?.startedAt ?? '');
}

/** A comparison with another commit says nothing about this one. */
function willChange({ status }: Application, revision: string, { madeBy }: StuckPod): boolean {
  if (status?.sync?.revision !== revision) return false;
  return (status.resources ?? []).some(
    ({ kind = '', name = '', status: state }) =>
      state === 'OutOfSync' && makers.has(kind) && (madeBy === name || madeBy.startsWith(`${name}-`)),
  );
}

const keyOf = ({ pod, container = '' }: StuckPod): string => `${pod}/${container}`;
