import { expect, test } from '@jest/globals';
import type { Application } from './applications.ts';
import { arrived, at, commit, other } from './testing/application.ts';
import { resourceName, waitVerdict, type WaitVerdict } from './wait-verdict.ts';

const web = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };
const manual = { spec: { project: 'local', syncPolicy: {} } };
const runningState = { phase: 'Running', message: 'waiting for healthy state of apps/StatefulSet/consul' };

test.each<{ given: string; application: Application; then: WaitVerdict }>([
  { given: 'the commit synced and healthy', application: arrived(), then: { kind: 'arrived', by: 'operation' } },
  {
    given: 'the commit among those of several sources',
    application: arrived({
      sync: { status: 'Synced', revisions: [other, commit] },
      operationState: { phase: 'Succeeded', syncResult: { revisions: [other, commit] } },
    }),
    then: { kind: 'arrived', by: 'operation' },
  },
  {
    given: 'a commit that changes nothing here, so that the last operation was at another',
    application: arrived({ operationState: { phase: 'Succeeded', syncResult: { revision: other } } }),
    then: { kind: 'arrived', by: 'no-change' },
  },
  {
    given: 'an application that is being deleted',
    application: arrived({}, { metadata: { deletionTimestamp: at(0) } }),
    then: { kind: 'failed', reason: 'Deleted', message: 'it is being deleted', mayRecover: false },
  },
  {
    given: 'a refresh that is not done',
    application: arrived({}, { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } }),
    then: { kind: 'waiting', until: 'the refresh' },
  },
  {
    given: 'an operation that was only asked for, though an older one failed',
    application: arrived({}, { operation: { sync: { revision: commit } } }),
    then: { kind: 'waiting', until: 'the operation: it is about to start' },
  },
  {
    given: 'an operation under way',
    application: arrived({ operationState: runningState }, { operation: { sync: {} } }),
    then: { kind: 'waiting', until: `the operation: ${runningState.message}` },
  },
  {
    given: 'an attempt that failed and will be repeated',
    application: arrived(
      {
        operationState: {
          phase: 'Running',
          finishedAt: at(3),
          message: 'one or more objects failed. Retrying attempt #1',
        },
      },
      { operation: { sync: {} } },
    ),
    then: {
      kind: 'failed',
      reason: 'SyncFailed',
      message: 'one or more objects failed. Retrying attempt #1',
      mayRecover: true,
    },
  },
  {
    given: 'an attempt at another commit that failed and will be repeated',
    application: arrived(
      { operationState: { phase: 'Running', finishedAt: at(3), message: 'no. Retrying attempt #1' } },
      { operation: { sync: { revision: other } } },
    ),
    then: { kind: 'waiting', until: 'the operation at another commit: no. Retrying attempt #1' },
  },
  {
    given: 'a sync whose message has the words of its resource',
    application: arrived({
      operationState: {
        phase: 'Failed',
        message: 'one or more objects failed to apply, reason: it is immutable',
        syncResult: { revision: commit, resources: [{ ...web, status: 'SyncFailed', message: 'it is immutable' }] },
      },
    }),
    then: {
      kind: 'failed',
      reason: 'SyncFailed',
      message: 'one or more objects failed to apply, reason: it is immutable',
      resource: web,
      mayRecover: false,
    },
  },
  {
    given: 'a sync that failed at a resource',
    application: arrived({
      sync: { status: 'OutOfSync', revision: commit },
      operationState: {
        phase: 'Failed',
        message: 'one or more objects failed to apply',
        syncResult: {
          revision: commit,
          resources: [
            { ...web, name: 'ok', status: 'Synced' },
            { ...web, status: 'SyncFailed', message: 'field is immutable' },
          ],
        },
      },
    }),
    then: {
      kind: 'failed',
      reason: 'SyncFailed',
      message: 'field is immutable; one or more objects failed to apply',
      resource: web,
      mayRecover: false,
    },
  },
  {
    given: 'a sync whose hook failed',
    application: arrived({
      operationState: {
        phase: 'Failed',
        syncResult: {
          revision: commit,
          resources: [
            {
              group: 'batch',
              kind: 'Job',
              namespace: 'gatefleet',
              name: 'storeconfig',
              hookPhase: 'Failed',
              message: 'BackoffLimitExceeded',
            },
          ],
        },
      },
    }),
    then: {
      kind: 'failed',
      reason: 'SyncFailed',
      message: 'BackoffLimitExceeded',
      resource: { group: 'batch', kind: 'Job', namespace: 'gatefleet', name: 'storeconfig' },
      mayRecover: false,
    },
  },
  {
    given: 'a sync that failed before its commit was known',
    application: arrived({ operationState: { phase: 'Error', message: 'Failed to load application project' } }),
    then: { kind: 'failed', reason: 'SyncFailed', message: 'Failed to load application project', mayRecover: true },
  },
  {
    given: 'a sync that failed at another commit, while this one is not seen yet',
    application: arrived({
      sync: { status: 'OutOfSync', revision: other },
      operationState: { phase: 'Failed', syncResult: { revision: other } },
    }),
    then: { kind: 'waiting', until: 'commit c0ffee0000 to be seen: it is at c0ffee0000' },
  },
  {
    given: 'a project that refuses it',
    application: arrived({
      conditions: [{ type: 'InvalidSpecError', message: 'destination is not permitted in project' }],
    }),
    then: { kind: 'failed', reason: 'Refused', message: 'destination is not permitted in project', mayRecover: true },
  },
  {
    given: 'manifests that cannot be made',
    application: arrived({
      sync: { status: 'Unknown' },
      conditions: [{ type: 'ComparisonError', message: 'kustomize build failed' }],
    }),
    then: { kind: 'failed', reason: 'ManifestsFailed', message: 'kustomize build failed', mayRecover: true },
  },
  {
    given: 'a warning alone',
    application: arrived({ conditions: [{ type: 'OrphanedResourceWarning', message: 'one orphan' }] }),
    then: { kind: 'arrived', by: 'operation' },
  },
  {
    given: 'an automated sync that gave up',
    application: arrived({
      sync: { status: 'OutOfSync', revision: commit },
      conditions: [{ type: 'SyncError', message: 'auto-sync will wipe out all resources' }],
    }),
    then: { kind: 'failed', reason: 'SyncFailed', message: 'auto-sync will wipe out all resources', mayRecover: true },
  },
  {
    given: 'nothing yet known of it',
    application: {},
    then: { kind: 'waiting', until: 'commit c0ffee0000 to be seen: it is at no commit' },
  },
  {
    given: 'the commit seen, and the automated sync not started',
    application: arrived({
      sync: { status: 'OutOfSync', revision: commit },
      operationState: { phase: 'Succeeded', syncResult: { revision: other } },
    }),
    then: { kind: 'waiting', until: 'the automated sync to start' },
  },
  {
    given: 'the commit seen, and nobody to sync it',
    application: arrived(
      {
        sync: { status: 'OutOfSync', revision: commit },
        operationState: { phase: 'Succeeded', syncResult: { revision: other } },
      },
      manual,
    ),
    then: {
      kind: 'failed',
      reason: 'NotAutomated',
      message: 'its sync policy is manual and nobody has started a sync',
      mayRecover: true,
    },
  },
  {
    given: 'automation that is switched off',
    application: arrived(
      {
        sync: { status: 'OutOfSync', revision: commit },
        operationState: { phase: 'Succeeded', syncResult: { revision: other } },
      },
      { spec: { syncPolicy: { automated: { enabled: false } } } },
    ),
    then: {
      kind: 'failed',
      reason: 'NotAutomated',
      message: 'its sync policy is manual and nobody has started a sync',
      mayRecover: true,
    },
  },
  {
    given: 'a sync done and not yet compared',
    application: arrived({ sync: { status: 'OutOfSync', revision: commit }, reconciledAt: at(10) }),
    then: { kind: 'waiting', until: 'the comparison after the sync' },
  },
  {
    given: 'a difference after the sync, with self-heal',
    application: arrived({ sync: { status: 'OutOfSync', revision: commit } }),
    then: { kind: 'waiting', until: 'self-heal to sync again' },
  },
  {
    given: 'a difference after the sync, without self-heal',
    application: arrived(
      { sync: { status: 'OutOfSync', revision: commit }, resources: [{ ...web, status: 'OutOfSync' }] },
      manual,
    ),
    then: {
      kind: 'failed',
      reason: 'OutOfSync',
      message: 'it differs from git after the sync',
      resource: web,
      mayRecover: true,
    },
  },
  {
    given: 'something left over after a sync without pruning',
    application: arrived(
      {
        sync: { status: 'OutOfSync', revision: commit },
        resources: [{ ...web, status: 'OutOfSync', requiresPruning: true }],
      },
      manual,
    ),
    then: {
      kind: 'failed',
      reason: 'OutOfSync',
      message: 'it is no longer in git, and was not pruned',
      resource: web,
      mayRecover: true,
    },
  },
  {
    given: 'a rollout under way',
    application: arrived({
      health: { status: 'Progressing' },
      resources: [{ ...web, health: { status: 'Progressing', message: '1 of 2 updated' } }],
    }),
    then: { kind: 'waiting', until: 'health: apps/Deployment shop/web is Progressing: 1 of 2 updated' },
  },
  {
    given: 'no health yet',
    application: arrived({ health: {} }),
    then: { kind: 'waiting', until: 'health: its health is Unknown' },
  },
  {
    given: 'a degraded resource',
    application: arrived({
      health: { status: 'Degraded' },
      resources: [
        { ...web, name: 'ok', health: { status: 'Healthy' } },
        { ...web, health: { status: 'Degraded', message: 'exceeded its progress deadline' } },
      ],
    }),
    then: {
      kind: 'failed',
      reason: 'Degraded',
      message: 'exceeded its progress deadline',
      resource: web,
      mayRecover: true,
    },
  },
  {
    given: 'a suspended application',
    application: arrived({ health: { status: 'Suspended' } }),
    then: { kind: 'failed', reason: 'Suspended', message: 'its health is Suspended', mayRecover: true },
  },
])('given $given, then $then.kind', ({ application, then }) => {
  expect(waitVerdict(application, commit)).toEqual(then);
});

test.each([
  { resource: web, then: 'apps/Deployment shop/web' },
  { resource: { group: '', kind: 'Namespace', namespace: '', name: 'shop' }, then: 'Namespace shop' },
])('$then is how a resource is called', ({ resource, then }) => {
  expect(resourceName(resource)).toBe(then);
});
