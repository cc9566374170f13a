import type {
  Application,
  ApplicationEvent,
  Applications,
  GetOptions,
  Refresh,
  RollbackOptions,
  SyncOptions,
  WatchOptions,
} from '../applications.ts';
import { ArgoCdError, errorOf } from '../errors.ts';
import { jsonLines } from '../json-lines.ts';
import { waitFor } from '../wait.ts';
import { eventOf, resumingWatch, type WatchConnection } from '../watch.ts';
import { kubernetesApi, type KubernetesApi, type KubernetesOptions } from './kubernetes-api.ts';

export interface CoreOptions extends KubernetesOptions {
  /** Namespace of the Application resources. Default `argocd`. */
  readonly namespace?: string | undefined;
  /** Who a sync is recorded to be started by. Default `argocd-ts-client`. */
  readonly initiator?: string | undefined;
}

const refreshAnnotation = 'argocd.argoproj.io/refresh';

/** Longer than Kubernetes' own spread of 30 to 60 minutes is pointless, shorter costs lists; the watch resumes by itself. */
const watchTimeoutSeconds = '1800';

/**
 * Applications through the Kubernetes API alone, for installations without an Argo CD API server, and before one answers.
 * Argo CD's own access rules do not apply: those of Kubernetes do. The health of single resources is there only if the
 * controller stores it (`controller.resource.health.persist`).
 */
export function connectArgoCdCore({
  namespace = 'argocd',
  initiator = 'argocd-ts-client',
  ...options
}: CoreOptions): Applications {
  const api = kubernetesApi(options);
  const all = `/apis/argoproj.io/v1alpha1/namespaces/${encodeURIComponent(namespace)}/applications`;
  const pathOf = (name: string) => `${all}/${encodeURIComponent(name)}`;

  const applications: Applications = {
    async get(name, { refresh, signal }: GetOptions = {}) {
      if (refresh !== undefined) return refreshed(applications, api, pathOf(name), name, refresh, signal);
      return applicationOf(await api({ what: `reading application ${name}`, path: pathOf(name), signal }));
    },
    async list({ selector, projects, signal } = {}) {
      const answer = await api({ what: 'listing applications', path: all, query: { labelSelector: selector }, signal });
      const { items } = (await answer.json()) as { items: Application[] };
      return items.filter(isIn(projects));
    },
    async sync(name, options: SyncOptions = {}) {
      const { signal } = options;
      const what = `syncing application ${name}`;
      const current = await applications.get(name, { signal });
      if (current.operation !== undefined) {
        throw new ArgoCdError('CONFLICT', `${what}: another operation is already in progress`, {
          hint: 'wait for it, then repeat',
        });
      }
      const mergePatch = syncPatch(current, options, initiator);
      return applicationOf(await api({ what, path: pathOf(name), mergePatch, signal }));
    },
    async patch(name, mergePatch, { signal } = {}) {
      return applicationOf(await api({ what: `changing application ${name}`, path: pathOf(name), mergePatch, signal }));
    },
    async rollback(name, options: RollbackOptions) {
      const { signal } = options;
      const what = `rolling application ${name} back to its deployment ${options.id}`;
      const mergePatch = rollbackPatch(await applications.get(name, { signal }), options, initiator, what);
      return applicationOf(await api({ what, path: pathOf(name), mergePatch, signal }));
    },
    watch: (watchOptions = {}) =>
      resumingWatch((signal) => connect(api, all, watchOptions, signal), watchOptions.signal),
    wait: (name, waitOptions) => waitFor(applications, name, waitOptions),
  };
  return applications;
}

/** As Argo CD's API server sets an operation; the version makes a change in between a conflict. */
function syncPatch(
  { metadata, spec }: Application,
  { revision, prune = false, dryRun = false, syncOptions }: SyncOptions,
  initiator: string,
): object {
  const options = syncOptions ?? spec?.syncPolicy?.syncOptions;
  return {
    metadata: { resourceVersion: metadata?.resourceVersion },
    operation: {
      initiatedBy: { username: initiator },
      sync: { prune, dryRun, ...(revision !== undefined && { revision }), ...(options && { syncOptions: options }) },
      ...(spec?.syncPolicy?.retry && { retry: spec.syncPolicy.retry }),
    },
    status: { operationState: null },
  };
}

/** As Argo CD's API server does, with its refusals. */
function rollbackPatch(
  application: Application,
  { id, prune = false, dryRun = false }: RollbackOptions,
  initiator: string,
  what: string,
): object {
  const { metadata, spec, status, operation } = application;
  const automated = spec?.syncPolicy?.automated;
  if (automated !== undefined && automated.enabled !== false) {
    throw new ArgoCdError('PRECONDITION', `${what}: rollback cannot be initiated when auto-sync is enabled`);
  }
  if (operation !== undefined) throw new ArgoCdError('CONFLICT', `${what}: another operation is already in progress`);
  const deployment = status?.history?.find((each) => (each.id ?? 0) === id);
  if (deployment === undefined) throw new ArgoCdError('NOT_FOUND', `${what}: its history has no such deployment`);
  const { revision, revisions, source, sources } = deployment;
  const syncOptions = spec?.syncPolicy?.syncOptions;
  return {
    metadata: { resourceVersion: metadata?.resourceVersion },
    operation: {
      initiatedBy: { username: initiator },
      sync: {
        prune,
        dryRun,
        syncStrategy: { apply: {} },
        ...(revision !== undefined && { revision }),
        ...(revisions !== undefined && { revisions }),
        ...(source !== undefined && { source }),
        ...(sources !== undefined && { sources }),
        ...(syncOptions && { syncOptions }),
      },
    },
    status: { operationState: null },
  };
}

async function refreshed(
  applications: Applications,
  api: KubernetesApi,
  path: string,
  name: string,
  refresh: Refresh,
  signal: AbortSignal | undefined,
): Promise<Application> {
  const what = `refreshing application ${name}`;
  const mergePatch = { metadata: { annotations: { [refreshAnnotation]: refresh } } };
  const asked = applicationOf(await api({ what, path, mergePatch, signal }));
  if (!isRefreshing(await asked)) return asked;
  for await (const { type, application } of applications.watch({ name, signal })) {
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

async function connect(
  api: KubernetesApi,
  path: string,
  { name, selector, projects }: WatchOptions,
  signal: AbortSignal,
): Promise<WatchConnection> {
  const what = 'watching applications';
  const query = { labelSelector: selector, fieldSelector: name === undefined ? undefined : `metadata.name=${name}` };
  const answer = await api({ what, path, query, signal });
  const { items, metadata } = (await answer.json()) as { items: Application[]; metadata: { resourceVersion: string } };
  const watch = { watch: 'true', allowWatchBookmarks: 'true', timeoutSeconds: watchTimeoutSeconds };
  const stream = await api({
    what,
    path,
    query: { ...query, ...watch, resourceVersion: metadata.resourceVersion },
    signal,
  });
  return { list: items.filter(isIn(projects)), events: eventsOf(stream, projects) };
}

async function* eventsOf(
  { body }: Response,
  projects: readonly string[] | undefined,
): AsyncGenerator<ApplicationEvent> {
  if (body === null) return;
  const isWanted = isIn(projects);
  for await (const value of jsonLines(body)) {
    const { type, object } = value as { type: string; object: Application & { code?: number } };
    if (type === 'BOOKMARK') continue;
    // 410 Gone: the version is too old to go on from; connecting anew lists first.
    if (type === 'ERROR')
      throw errorOf('watching applications', object.code === 410 ? 503 : (object.code ?? 503), object);
    const event = eventOf(type, object);
    if (isWanted(event.application)) yield event;
  }
}

function isIn(projects: readonly string[] | undefined): (application: Application) => boolean {
  return ({ spec }) => projects === undefined || projects.includes(spec?.project ?? '');
}

async function applicationOf(answer: Response): Promise<Application> {
  return (await answer.json()) as Application;
}
