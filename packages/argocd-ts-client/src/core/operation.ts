import type { Application, RollbackOptions, SyncOptions } from '../applications.ts';
import { ArgoCdError } from '../errors.ts';
import type { components } from '../generated/argocd.ts';
import { syncStrategyOf } from '../sync-strategy.ts';

export type Operation = components['schemas']['v1alpha1Operation'];

/** As Argo CD's API server makes one of a sync request. */
export function syncOperation({ spec }: Application, options: SyncOptions): Operation {
  const { revision, revisions, sourcePositions = [], prune = false, dryRun = false } = options;
  const { strategy, resources, manifests, infos } = options;
  const syncOptions = options.syncOptions ?? spec?.syncPolicy?.syncOptions;
  const retry = options.retry ?? spec?.syncPolicy?.retry;
  const perSource = revisions && revisionOfEachSource(spec, revisions, sourcePositions);
  return {
    sync: {
      prune,
      dryRun,
      ...(revision !== undefined && { revision }),
      ...(perSource && { sources: spec?.sources ?? [], revisions: perSource }),
      ...(syncOptions && { syncOptions: [...syncOptions] }),
      ...(strategy && { syncStrategy: syncStrategyOf(strategy) }),
      ...(resources && { resources: [...resources] }),
      ...(manifests && { manifests: [...manifests] }),
    },
    ...(infos && { info: [...infos] }),
    ...(retry && { retry }),
  };
}

function revisionOfEachSource(
  spec: Application['spec'],
  revisions: readonly string[],
  positions: readonly number[],
): string[] {
  return (spec?.sources ?? []).map(
    ({ targetRevision = '' }, i) => revisions[positions.indexOf(i + 1)] ?? targetRevision,
  );
}

/** As Argo CD's API server makes one of a rollback request, with its refusals. @throws ArgoCdError */
export function rollbackOperation(
  what: string,
  { spec, status, metadata }: Application,
  { id, prune = false, dryRun = false }: RollbackOptions,
): Operation {
  if (metadata?.deletionTimestamp !== undefined)
    throw new ArgoCdError('PRECONDITION', `${what}: application is deleting`);
  const automated = spec?.syncPolicy?.automated;
  if (automated !== undefined && automated.enabled !== false) {
    throw new ArgoCdError('PRECONDITION', `${what}: rollback cannot be initiated when auto-sync is enabled`, {
      hint: 'revert the commit in git, or switch the automated sync off first',
    });
  }
  const past = status?.history?.find((deployment) => (deployment.id ?? 0) === id);
  if (past === undefined) {
    const known = status?.history?.map((deployment) => deployment.id ?? 0).join(', ') ?? '';
    throw new ArgoCdError('INVALID', `${what}: the application has no such deployment; it has ${known || 'none'}`);
  }
  const { revision, revisions, source, sources } = past;
  const syncOptions = spec?.syncPolicy?.syncOptions;
  return {
    sync: {
      prune,
      dryRun,
      syncStrategy: { apply: {} },
      ...(revision !== undefined && { revision }),
      ...(revisions && { revisions }),
      ...(source && { source }),
      ...(sources && { sources }),
      ...(syncOptions && { syncOptions }),
    },
  };
}
