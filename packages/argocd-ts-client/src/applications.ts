import type { components } from './generated/argocd.ts';
import type { WaitAllOptions, WaitOptions, WaitResult } from './wait.ts';

type Schemas = components['schemas'];

/** Argo CD's Application, as its API and the custom resource both write it. */
export type Application = Schemas['v1alpha1Application'];
/** One past deployment; `id` is what a rollback names. */
export type RevisionHistory = Schemas['v1alpha1RevisionHistory'];
/** A managed resource as in git and as in the cluster, both as JSON texts. */
export type ResourceDiff = Schemas['v1alpha1ResourceDiff'];
export type ResourceTree = Schemas['v1alpha1ApplicationTree'];
export type KubernetesEvent = Schemas['eventsEvent'];
export type LogEntry = Schemas['applicationLogEntry'];

export interface ApplicationEvent {
  readonly type: 'added' | 'modified' | 'deleted';
  readonly application: Application;
}

/** `hard` also throws away the cached manifests. */
export type Refresh = 'normal' | 'hard';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface GetOptions extends CallOptions {
  /** Compares with git first, and answers once that is done. */
  readonly refresh?: Refresh | undefined;
}

export interface ListOptions extends CallOptions {
  /** Kubernetes label selector. */
  readonly selector?: string | undefined;
  /** Projects to list from; all, if none is named. */
  readonly projects?: readonly string[] | undefined;
}

export interface WatchOptions extends ListOptions {
  /** One application alone. */
  readonly name?: string | undefined;
}

export interface CreateOptions extends CallOptions {
  /** Brings an application of this name to the given one, instead of CONFLICT. */
  readonly upsert?: boolean | undefined;
}

/** An object is a merge patch (RFC 7396), a list one of operations (RFC 6902). */
export type Patch = object | readonly object[];

export interface DeleteOptions extends CallOptions {
  /** How what the application deployed goes: with it, in the background, or not at all. Default `foreground`. */
  readonly cascade?: 'foreground' | 'background' | false | undefined;
}

export interface SyncOptions extends CallOptions {
  /** Commit, branch or tag; the application's own target when left out. */
  readonly revision?: string | undefined;
  /** For an application of several sources: a revision for each of `sourcePositions`, which count from 1. */
  readonly revisions?: readonly string[] | undefined;
  readonly sourcePositions?: readonly number[] | undefined;
  /** Deletes what is no longer in git. Default false, as Argo CD's. */
  readonly prune?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  /** As in `CreateNamespace=true`; the application's own when left out. */
  readonly syncOptions?: readonly string[] | undefined;
  /** `hook`, Argo CD's default, runs hooks; `apply` leaves them out. `force` deletes and creates what cannot be changed. */
  readonly strategy?: { readonly kind: 'hook' | 'apply'; readonly force?: boolean } | undefined;
  /** These alone. */
  readonly resources?: readonly Schemas['v1alpha1SyncOperationResource'][] | undefined;
  /** Manifests as JSON texts instead of those in git. Refused while the application syncs automatically. */
  readonly manifests?: readonly string[] | undefined;
  /** Kept with the operation, for people. */
  readonly infos?: readonly { readonly name: string; readonly value: string }[] | undefined;
  /** The application's own when left out. */
  readonly retry?: Schemas['v1alpha1RetryStrategy'] | undefined;
}

export interface RollbackOptions extends CallOptions {
  /** Of the {@link Applications.history}. */
  readonly id: number;
  readonly prune?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface ResourceFilter extends CallOptions {
  readonly group?: string | undefined;
  readonly kind?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

export interface EventOptions extends CallOptions {
  /** A resource of the application, instead of the application itself. */
  readonly resource?: { readonly namespace: string; readonly name: string; readonly uid: string } | undefined;
}

export interface LogOptions extends CallOptions {
  /** Whose log: one Pod, or all Pods of a resource. */
  readonly of:
    | { readonly namespace: string; readonly pod: string }
    | { readonly namespace: string; readonly group: string; readonly kind: string; readonly name: string };
  readonly container?: string | undefined;
  /** The last lines only. */
  readonly tailLines?: number | undefined;
  readonly sinceSeconds?: number | undefined;
  /** Of the container before its last restart. */
  readonly previous?: boolean | undefined;
  /** Goes on with what is written later, until the signal. */
  readonly follow?: boolean | undefined;
}

/** The applications of one Argo CD, through its API server or through Kubernetes alone. Every method throws {@link ArgoCdError}. */
export interface Applications {
  get(name: string, options?: GetOptions): Promise<Application>;
  list(options?: ListOptions): Promise<readonly Application[]>;
  create(application: Application, options?: CreateOptions): Promise<Application>;
  /** Replaces specification, labels, annotations and finalizers. */
  update(application: Application, options?: CallOptions): Promise<Application>;
  patch(name: string, patch: Patch, options?: CallOptions): Promise<Application>;
  /** Starts the deletion; what the application deployed may take its time. */
  delete(name: string, options?: DeleteOptions): Promise<void>;
  /** Starts a sync and answers at once. `CONFLICT` while another operation runs. */
  sync(name: string, options?: SyncOptions): Promise<Application>;
  /** Ends the running operation. `INVALID` when none runs. */
  terminate(name: string, options?: CallOptions): Promise<void>;
  /** Starts a sync of what an earlier deployment ran. `PRECONDITION` while the application syncs automatically. */
  rollback(name: string, options: RollbackOptions): Promise<Application>;
  /** Past deployments, the newest first. */
  history(name: string, options?: CallOptions): Promise<readonly RevisionHistory[]>;
  /** What git says, rendered. The API server only. */
  manifests(
    name: string,
    options?: CallOptions & { readonly revision?: string | undefined },
  ): Promise<readonly object[]>;
  /** What Argo CD compares: each resource as in git and as in the cluster. The API server only. */
  managedResources(name: string, filter?: ResourceFilter): Promise<readonly ResourceDiff[]>;
  /** Everything that the application owns, down to Pods, with its health. The API server only. */
  resourceTree(name: string, filter?: ResourceFilter): Promise<ResourceTree>;
  /**
   * What a server-side apply of these manifests would make of the application's resources: `liveState` before, `targetState` after,
   * `modified` where they differ. Without manifests: those in git at the target revision. A manifest of
   * a namespaced kind that the application does not have yet names its namespace. The API server only.
   */
  serverSideDiff(
    name: string,
    options?: CallOptions & { readonly manifests?: readonly object[] | undefined },
  ): Promise<readonly ResourceDiff[]>;
  events(name: string, options?: EventOptions): Promise<readonly KubernetesEvent[]>;
  logs(name: string, options: LogOptions): AsyncIterable<LogEntry>;
  /**
   * Every application as it is, then every change. A lost connection is taken up again, without losing or doubling a state:
   * states in between may be skipped, as with any watch. It ends only by the signal, quietly, or by an error that repeating cannot cure.
   */
  watch(options?: WatchOptions): AsyncIterable<ApplicationEvent>;
  /** Until the application runs the commit and is healthy, or cannot come there. */
  wait(name: string, options: WaitOptions): Promise<WaitResult>;
  /** `wait` for many over one watch. By name, the commit of each; the answer is in the same order. */
  waitAll(revisions: ReadonlyMap<string, string>, options?: WaitAllOptions): Promise<ReadonlyMap<string, WaitResult>>;
}
