/**
 * A typed client of Argo CD: applications and all that belongs to them, watched and waited for, through its API server or, in core
 * mode, through Kubernetes alone. @packageDocumentation
 */
export { connectArgoCd, type ArgoCdOptions } from './api/connect-argocd.ts';
export type {
  Application,
  ApplicationEvent,
  Applications,
  CallOptions,
  CreateOptions,
  DeleteOptions,
  EventOptions,
  GetOptions,
  KubernetesEvent,
  ListOptions,
  LogEntry,
  LogOptions,
  Patch,
  Refresh,
  ResourceDiff,
  ResourceFilter,
  ResourceTree,
  RevisionHistory,
  RollbackOptions,
  SyncOptions,
  WatchOptions,
} from './applications.ts';
export type {
  Account,
  Accounts,
  ApplicationSet,
  ApplicationSets,
  AppProject,
  ArgoCd,
  ArgoCdCore,
  Cluster,
  ClusterRef,
  Clusters,
  Projects,
  Repositories,
  Repository,
  RepositoryCredentials,
  RepositoryCredentialsSets,
  Session,
  Settings,
  TokenOptions,
  UpsertOptions,
} from './argocd.ts';
export { connectArgoCdCore, type CoreOptions } from './core/connect-argocd-core.ts';
export { inClusterKubernetes, type KubernetesOptions } from './core/kubernetes-api.ts';
export { ArgoCdError, type ArgoCdErrorCode } from './errors.ts';
export type { StreamFormat } from './streams.ts';
export { createFetch, tlsFromFiles, type Fetch, type Tls } from './transport.ts';
export {
  resourceName,
  waitVerdict,
  type ResourceRef,
  type WaitFailed,
  type WaitFailure,
  type WaitVerdict,
} from './wait-verdict.ts';
export type { WaitAllOptions, WaitOptions, WaitResult } from './wait.ts';
