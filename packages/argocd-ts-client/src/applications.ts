import type { components } from './generated/argocd.ts';
import type { WaitOptions, WaitResult } from './wait.ts';

/** Argo CD's Application, as its API and the custom resource both write it. */
export type Application = components['schemas']['v1alpha1Application'];

export interface ApplicationEvent {
  readonly type: 'added' | 'modified' | 'deleted';
  readonly application: Application;
}

/** `hard` also throws away the cached manifests. */
export type Refresh = 'normal' | 'hard';

export interface GetOptions {
  /** Compares with git first, and answers once that is done. */
  readonly refresh?: Refresh | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ListOptions {
  /** Kubernetes label selector. */
  readonly selector?: string | undefined;
  /** Projects to list from; all, if none is named. */
  readonly projects?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface WatchOptions extends ListOptions {
  /** One application alone. */
  readonly name?: string | undefined;
}

export interface SyncOptions {
  /** Commit, branch or tag; the application's own target when left out. */
  readonly revision?: string | undefined;
  /** Deletes what is no longer in git. Default false, as Argo CD's. */
  readonly prune?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  /** As in `CreateNamespace=true`; the application's own when left out. */
  readonly syncOptions?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RollbackOptions {
  /** Number of the deployment in the application's history. */
  readonly id: number;
  /** Deletes what that deployment did not have. Default false, as Argo CD's. */
  readonly prune?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The applications of one Argo CD, through its API server or through Kubernetes alone. Every method throws {@link ArgoCdError}. */
export interface Applications {
  get(name: string, options?: GetOptions): Promise<Application>;
  list(options?: ListOptions): Promise<readonly Application[]>;
  /** Starts a sync and answers at once. `CONFLICT` while another operation runs. */
  sync(name: string, options?: SyncOptions): Promise<Application>;
  /** Changes fields by a JSON merge patch. @see RFC 7386 */
  patch(
    name: string,
    mergePatch: object,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<Application>;
  /**
   * Starts to bring back a deployment of its history, and answers at once. `PRECONDITION` while syncs are automated, for they would undo
   * it; `CONFLICT` while another operation runs; `NOT_FOUND` for a deployment that is not in the history.
   */
  rollback(name: string, options: RollbackOptions): Promise<Application>;
  /**
   * Every application as it is, then every change. A lost connection is taken up again, without losing or doubling a state:
   * states in between may be skipped, as with any watch. It ends only by the signal, quietly, or by an error that repeating cannot cure.
   */
  watch(options?: WatchOptions): AsyncIterable<ApplicationEvent>;
  /** Until the application runs the commit and is healthy, or cannot come there. */
  wait(name: string, options: WaitOptions): Promise<WaitResult>;
}
