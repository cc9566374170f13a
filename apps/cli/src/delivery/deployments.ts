import type { Application } from 'argocd-ts-client';

/** A commit that Argo CD brought an environment to. */
export interface Deployment {
  /** Argo CD's number of it. */
  readonly id: number;
  /** The commit, in full. */
  readonly revision: string;
  /** ISO 8601. */
  readonly deployedAt: string;
  /** Who started it; `automated` where nobody did. */
  readonly by: string;
}

/** What Argo CD remembers (ten deployments by default), the newest first. */
export function deploymentsOf({ status }: Application): readonly Deployment[] {
  return (status?.history ?? [])
    .map(({ id, revision, deployedAt, initiatedBy }) => ({
      id: id ?? 0,
      revision: revision ?? '',
      deployedAt: deployedAt ?? '',
      by: initiatedBy?.automated === true ? 'automated' : initiatedBy?.username || 'unknown',
    }))
    .toReversed();
}

/** The commit that runs: the last one that a sync brought. */
export const deployedRevision = (application: Application): string | undefined =>
  deploymentsOf(application)[0]?.revision;

/** The commit whose manifests run: one that changes nothing of an environment is no deployment of it, and yet what it runs. */
export function runningRevision(application: Application): string | undefined {
  const { sync } = application.status ?? {};
  return sync?.status === 'Synced' ? sync.revision : deployedRevision(application);
}

/** The commit of the last operation, or of the one under way; one that failed is no deployment. */
export function attemptedRevision({ operation, status }: Application): string | undefined {
  const { syncResult, operation: asked } = status?.operationState ?? {};
  return operation?.sync?.revision || syncResult?.revision || asked?.sync?.revision || undefined;
}
