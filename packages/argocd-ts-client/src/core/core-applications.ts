import type { Application, Applications, Refresh, WatchOptions } from '../applications.ts';
import { ArgoCdError, unsupported } from '../errors.ts';
import { newestFirst } from '../history.ts';
import { waitForAll } from '../wait-all.ts';
import { waitFor, type WaitSource } from '../wait.ts';
import { resumingWatch } from '../watch.ts';
import { coreEvents } from './core-events.ts';
import { coreLogs } from './core-logs.ts';
import { connectWatch, isIn } from './core-watch.ts';
import { customResources } from './custom-resources.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { onPresentVersion } from './on-present-version.ts';
import { rollbackOperation, syncOperation, type Operation } from './operation.ts';

export interface CoreApplicationsOptions {
  /** Namespace of the Application resources. Default `argocd`. */
  readonly namespace?: string | undefined;
  /** Who a sync is recorded to be started by. Default `argocd-ts-client`. */
  readonly initiator?: string | undefined;
}

const refreshAnnotation = 'argocd.argoproj.io/refresh';

/** What the application deployed goes with it when it has one of these; which one, says how. Argo CD's `application_defaults.go`. */
const cascade = 'resources-finalizer.argocd.argoproj.io';

export function coreApplications(
  api: KubernetesApi,
  { namespace, initiator }: Required<CoreApplicationsOptions>,
): Applications {
  const resources = customResources<Application>(api, namespace ?? '', {
    kind: 'Application',
    plural: 'applications',
    word: 'application',
  });

  /** As Argo CD's API server sets an operation. */
  const start = (
    what: string,
    name: string,
    operationFor: (current: Application) => Operation,
    signal?: AbortSignal,
  ): Promise<Application> =>
    onPresentVersion(async () => {
      const current = await resources.get(name, { signal });
      if (current.operation !== undefined) {
        throw new ArgoCdError('CONFLICT', `${what}: another operation is already in progress`, {
          hint: 'wait for it, then repeat',
        });
      }
      const body = {
        metadata: { resourceVersion: current.metadata?.resourceVersion },
        operation: { ...operationFor(current), initiatedBy: { username: initiator } },
        status: { operationState: null },
      };
      return resources.patch(name, { how: 'merge', body }, { signal });
    });
  const startRefresh = (name: string, refresh: Refresh, signal?: AbortSignal): Promise<Application> =>
    resources.patch(
      name,
      { how: 'merge', body: { metadata: { annotations: { [refreshAnnotation]: refresh } } } },
      { signal },
    );

  const applications: Applications = {
    create: (application, options) => resources.create(application, options),
    // As Argo CD's API server: what the controller wrote since the application was read is no conflict.
    update: ({ metadata: { resourceVersion: _, ...metadata } = {}, ...application }, options) =>
      resources.update({ ...application, metadata }, options),
    async get(name, { refresh, signal } = {}) {
      if (refresh === undefined) return resources.get(name, { signal });
      return refreshed(applications, await startRefresh(name, refresh, signal), name, signal);
    },
    async list({ selector, projects, signal } = {}) {
      return (await resources.list({ selector, signal })).filter(isIn(projects));
    },
    patch: (name, patch, options) =>
      resources.patch(name, { how: Array.isArray(patch) ? 'json' : 'merge', body: patch }, options),
    async delete(name, { cascade: how = 'foreground', signal } = {}) {
      const { metadata } = await resources.get(name, { signal });
      const others = (metadata?.finalizers ?? []).filter((finalizer) => finalizer.split('/')[0] !== cascade);
      const finalizers = how === false ? others : [...others, `${cascade}/${how}`];
      if (metadata?.deletionTimestamp === undefined)
        await resources.patch(name, { how: 'merge', body: { metadata: { finalizers } } }, { signal });
      await resources.delete(name, { signal });
    },
    sync: (name, options = {}) =>
      start(`syncing application ${name}`, name, (current) => syncOperation(current, options), options.signal),
    async terminate(name, { signal } = {}) {
      await onPresentVersion(async () => {
        const { metadata, operation, status } = await resources.get(name, { signal });
        if (operation === undefined || status?.operationState === undefined) {
          throw new ArgoCdError('INVALID', `ending the operation of application ${name}: none is in progress`);
        }
        const body = {
          metadata: { resourceVersion: metadata?.resourceVersion },
          status: { operationState: { phase: 'Terminating' } },
        };
        return resources.patch(name, { how: 'merge', body }, { signal });
      });
    },
    rollback(name, options) {
      const what = `rolling application ${name} back to deployment ${options.id}`;
      return start(what, name, (current) => rollbackOperation(what, current, options), options.signal);
    },
    history: async (name, options) => newestFirst(await resources.get(name, options)),
    async manifests(name) {
      throw unsupported(`rendering application ${name}`);
    },
    async managedResources(name) {
      throw unsupported(`reading the resources of application ${name}`);
    },
    async resourceTree(name) {
      throw unsupported(`reading the resource tree of application ${name}`);
    },
    async serverSideDiff(name) {
      throw unsupported(`comparing application ${name} with what would be applied`);
    },
    events: async (name, options) => coreEvents(api, await resources.get(name, options), options),
    logs: (name, options) => coreLogs(api, () => resources.get(name, { signal: options.signal }), options),
    watch: (options: WatchOptions = {}) =>
      resumingWatch(
        (signal, from) => connectWatch(api, resources.path(), { ...options, signal }, from),
        options.signal,
      ),
    wait: (name, options) => waitFor(source, name, options),
    waitAll: (revisions, options) => waitForAll(source, revisions, options),
  };
  const source: WaitSource = { ...applications, startRefresh };
  return applications;
}

async function refreshed(
  { watch }: Pick<Applications, 'watch'>,
  asked: Application,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Application> {
  const what = `refreshing application ${name}`;
  if (!isRefreshing(asked)) return asked;
  for await (const { type, application } of watch({ name, signal })) {
    if (type === 'deleted') throw new ArgoCdError('NOT_FOUND', `${what}: it was deleted meanwhile`);
    if (!isRefreshing(application)) return application;
  }
  throw new ArgoCdError('ABORTED', `${what}: given up before Argo CD had done it`, {
    hint: 'check that the application controller runs',
    cause: signal?.reason,
  });
}

function isRefreshing({ metadata }: Application): boolean {
  return metadata?.annotations?.[refreshAnnotation] !== undefined;
}
