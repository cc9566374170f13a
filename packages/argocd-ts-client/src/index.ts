/**
 * A typed client of Argo CD: applications read, listed, synced, watched and waited for, through its API server or, in core
 * mode, through Kubernetes alone. @packageDocumentation
 */
export { connectArgoCd, type ArgoCd, type ArgoCdOptions, type Session } from './api/connect-argocd.ts';
export type {
  Application,
  ApplicationEvent,
  Applications,
  GetOptions,
  ListOptions,
  Refresh,
  RollbackOptions,
  SyncOptions,
  WatchOptions,
} from './applications.ts';
export { connectArgoCdCore, type CoreOptions } from './core/core-applications.ts';
export type { KubernetesOptions } from './core/kubernetes-api.ts';
export { ArgoCdError, type ArgoCdErrorCode } from './errors.ts';
export { createFetch, type Fetch, type Tls } from './transport.ts';
export {
  resourceName,
  waitVerdict,
  type ResourceRef,
  type WaitFailed,
  type WaitFailure,
  type WaitVerdict,
} from './wait-verdict.ts';
export type { WaitOptions, WaitResult } from './wait.ts';
