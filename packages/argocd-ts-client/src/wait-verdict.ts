import type { Application } from './applications.ts';
import type { components } from './generated/argocd.ts';

type Schemas = components['schemas'];

export interface ResourceRef {
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
  /** Empty for what has no namespace. */
  readonly namespace: string;
  readonly name: string;
}

/** Why an application does not come to a commit. Public: names are added, never renamed. */
export type WaitFailure =
  | 'Deleted'
  /** The project, destination or specification forbids it. */
  | 'Refused'
  /** The manifests of the commit could not be made or compared. */
  | 'ManifestsFailed'
  | 'SyncFailed'
  /** Synced at the commit, and yet something differs. */
  | 'OutOfSync'
  /** No sync is asked for, and none comes by itself. */
  | 'NotAutomated'
  | 'Degraded'
  | 'Suspended';

export interface WaitFailed {
  readonly kind: 'failed';
  readonly reason: WaitFailure;
  /** Argo CD's own words, where it says any. */
  readonly message: string;
  readonly resource?: ResourceRef;
  /** True when Argo CD goes on trying, so that it may yet come. */
  readonly mayRecover: boolean;
}

export type WaitVerdict =
  /** `no-change`: the commit changes nothing of this application, so Argo CD ran no operation for it. */
  | { readonly kind: 'arrived'; readonly by: 'operation' | 'no-change' }
  /** `until`: what it waits for, for people. */
  | { readonly kind: 'waiting'; readonly until: string }
  | WaitFailed;

const refreshAnnotation = 'argocd.argoproj.io/refresh';

/** Where the application stands on its way to running the commit in health. First match wins; the order is the policy. */
export function waitVerdict(application: Application, revision: string): WaitVerdict {
  const { metadata, status = {}, operation } = application;
  if (metadata?.deletionTimestamp != null) return failed('Deleted', 'it is being deleted', false);
  if (metadata?.annotations?.[refreshAnnotation] !== undefined) return waiting('the refresh');
  const { operationState, sync = {} } = status;
  const target = revisionsOf(operationState, operation);
  const atRevision = target.includes(revision);
  if (operation !== undefined) return runningVerdict(application, atRevision || target.length === 0);

  const hasFailed = operationState?.phase === 'Failed' || operationState?.phase === 'Error';
  if (hasFailed && atRevision) return syncFailure(application, false);
  // It failed before Argo CD knew which commit it was about.
  if (hasFailed && target.length === 0) return syncFailure(application, true);

  const refusal = condition(application, 'InvalidSpecError') ?? condition(application, 'UnknownError');
  if (refusal !== undefined) return failed('Refused', refusal, true);
  const comparison = condition(application, 'ComparisonError');
  if (comparison !== undefined) return failed('ManifestsFailed', comparison, true);

  if (sync.revision !== revision && sync.revisions?.includes(revision) !== true)
    return waiting(`commit ${short(revision)} to be seen: it is at ${short(sync.revision)}`);
  const syncError = condition(application, 'SyncError');
  if (syncError !== undefined) return failed('SyncFailed', syncError, true);
  if (sync.status !== 'Synced') return outOfSyncVerdict(application, atRevision);
  return healthVerdict(application, atRevision ? 'operation' : 'no-change');
}

/** "apps/Deployment shop/web", or without the parts it does not have. */
export function resourceName({ group, kind, namespace, name }: ResourceRef): string {
  return `${group === '' ? '' : `${group}/`}${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}

function runningVerdict(application: Application, isOurs: boolean): WaitVerdict {
  const state = application.status?.operationState;
  // Only an attempt that failed and will be repeated is both running and finished.
  if (state?.phase === 'Running' && state.finishedAt != null && isOurs) return syncFailure(application, true);
  return waiting(`the operation${isOurs ? '' : ' at another commit'}: ${state?.message ?? 'it is about to start'}`);
}

function syncFailure({ status }: Application, mayRecover: boolean): WaitFailed {
  const { syncResult, message = '' } = status?.operationState ?? {};
  const culprit = syncResult?.resources?.find(
    ({ status: outcome, hookPhase }) => outcome === 'SyncFailed' || hookPhase === 'Failed' || hookPhase === 'Error',
  );
  const own = culprit?.message ?? '';
  const words = message.includes(own) ? message : [own, message].filter(Boolean).join('; ');
  return failed('SyncFailed', words || 'the sync failed', mayRecover, culprit && refOf(culprit));
}

function outOfSyncVerdict(application: Application, operated: boolean): WaitVerdict {
  const { spec, status } = application;
  const automated = spec?.syncPolicy?.automated;
  const isAutomated = automated !== undefined && automated.enabled !== false;
  const culprit = status?.resources?.find((resource) => resource.status !== 'Synced' && resource.status !== undefined);
  const resource = culprit && refOf(culprit);
  if (!operated) {
    if (isAutomated) return waiting('the automated sync to start');
    return failed('NotAutomated', 'its sync policy is manual and nobody has started a sync', true, resource);
  }
  const finished = Date.parse(status?.operationState?.finishedAt ?? '');
  const compared = Date.parse(status?.reconciledAt ?? '');
  if (!(compared > finished)) return waiting('the comparison after the sync');
  if (isAutomated && automated.selfHeal === true) return waiting('self-heal to sync again');
  const why =
    culprit?.requiresPruning === true
      ? 'it is no longer in git, and was not pruned'
      : 'it differs from git after the sync';
  return failed('OutOfSync', why, true, resource);
}

function healthVerdict({ status = {} }: Application, by: 'operation' | 'no-change'): WaitVerdict {
  const health = status.health?.status ?? 'Unknown';
  if (health === 'Healthy') return { kind: 'arrived', by };
  const culprit = (status.resources ?? []).find((resource) => resource.health?.status === health);
  const words = culprit?.health?.message ?? status.health?.message ?? `its health is ${health}`;
  const resource = culprit && refOf(culprit);
  if (health === 'Degraded' || health === 'Suspended') return failed(health, words, true, resource);
  return waiting(`health: ${resource === undefined ? '' : `${resourceName(resource)} is ${health}: `}${words}`);
}

/** The commits that the last or running operation is about; none, when that is not known. */
function revisionsOf(
  state: Schemas['v1alpha1OperationState'] | undefined,
  running: Application['operation'],
): readonly string[] {
  const isOld = running !== undefined && state?.phase !== 'Running' && state?.phase !== 'Terminating';
  const { syncResult, operation: asked = running } = isOld || state === undefined ? {} : state;
  const done = [syncResult?.revision, ...(syncResult?.revisions ?? [])].filter(isKnown);
  return done.length > 0 ? done : [asked?.sync?.revision, ...(asked?.sync?.revisions ?? [])].filter(isKnown);
}

function isKnown(revision: string | undefined): revision is string {
  return revision !== undefined && revision !== '';
}

function condition({ status }: Application, type: string): string | undefined {
  return status?.conditions?.find((candidate) => candidate.type === type)?.message;
}

function refOf({ group = '', kind = '', namespace = '', name = '' }: Partial<ResourceRef>): ResourceRef {
  return { group, kind, namespace, name };
}

function waiting(until: string): WaitVerdict {
  return { kind: 'waiting', until };
}

function failed(reason: WaitFailure, message: string, mayRecover: boolean, resource?: ResourceRef): WaitFailed {
  return { kind: 'failed', reason, message, mayRecover, ...(resource !== undefined && { resource }) };
}

function short(revision: string | undefined): string {
  return revision === undefined || revision === '' ? 'no commit' : revision.slice(0, 10);
}
