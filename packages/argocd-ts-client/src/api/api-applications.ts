import type { Client } from 'openapi-fetch';
import type {
  Application,
  ApplicationEvent,
  Applications,
  ListOptions,
  LogEntry,
  LogOptions,
  SyncOptions,
  WatchOptions,
} from '../applications.ts';
import { ArgoCdError, connectionErrorOf } from '../errors.ts';
import type { components, paths } from '../generated/argocd.ts';
import { newestFirst } from '../history.ts';
import { acceptOf, type StreamFormat } from '../streams.ts';
import { serverSideDiff } from './server-side-diff.ts';
import { syncStrategyOf } from '../sync-strategy.ts';
import type { Fetch } from '../transport.ts';
import { waitForAll } from '../wait-all.ts';
import { waitFor, type WaitSource } from '../wait.ts';
import { eventOf, resumingWatch, type WatchConnection } from '../watch.ts';
import { call, callStream } from './call.ts';
import { withRelists } from './with-relists.ts';

type Schemas = components['schemas'];

export interface ApiConnection {
  readonly client: Client<paths>;
  readonly server: string;
  /** With the credentials, as the client sends. */
  readonly send: Fetch;
  readonly format?: StreamFormat | undefined;
}

/** Applications through Argo CD's API server. */
export function apiApplications({ client, server, send, format = 'ndjson' }: ApiConnection): Applications {
  const byName = '/api/v1/applications/{name}';
  const applications: Applications = {
    get(name, { refresh, signal } = {}) {
      const params = { path: { name }, query: { ...(refresh && { refresh }) } };
      return call(`reading application ${name}`, signal, client.GET(byName, { params, signal: signal ?? null }));
    },
    list: (options) => list(client, options),
    create(body, { upsert = false, signal } = {}) {
      const params = { query: { upsert, validate: true } };
      return call(
        `creating application ${body.metadata?.name ?? ''}`,
        signal,
        client.POST('/api/v1/applications', { params, body, signal: signal ?? null }),
      );
    },
    update(body, { signal } = {}) {
      const name = body.metadata?.name ?? '';
      const params = { path: { 'application.metadata.name': name } };
      return call(
        `updating application ${name}`,
        signal,
        client.PUT('/api/v1/applications/{application.metadata.name}', { params, body, signal: signal ?? null }),
      );
    },
    patch(name, patch, { signal } = {}) {
      const body = { name, patchType: Array.isArray(patch) ? 'json' : 'merge', patch: JSON.stringify(patch) };
      const params = { path: { name } };
      return call(
        `patching application ${name}`,
        signal,
        client.PATCH(byName, { params, body, signal: signal ?? null }),
      );
    },
    async delete(name, { cascade = 'foreground', signal } = {}) {
      const query = cascade === false ? { cascade } : { cascade: true, propagationPolicy: cascade };
      const params = { path: { name }, query };
      await call(`deleting application ${name}`, signal, client.DELETE(byName, { params, signal: signal ?? null }));
    },
    sync(name, options = {}) {
      const { signal } = options;
      const params = { path: { name } };
      return call(
        `syncing application ${name}`,
        signal,
        client.POST('/api/v1/applications/{name}/sync', {
          params,
          body: syncRequest(name, options),
          signal: signal ?? null,
        }),
      );
    },
    async terminate(name, { signal } = {}) {
      const params = { path: { name } };
      await call(
        `ending the operation of application ${name}`,
        signal,
        client.DELETE('/api/v1/applications/{name}/operation', { params, signal: signal ?? null }),
      );
    },
    rollback(name, { id, prune = false, dryRun = false, signal }) {
      const params = { path: { name } };
      return call(
        `rolling application ${name} back to deployment ${id}`,
        signal,
        client.POST('/api/v1/applications/{name}/rollback', {
          params,
          body: { name, id, prune, dryRun },
          signal: signal ?? null,
        }),
      );
    },
    history: async (name, options) => newestFirst(await applications.get(name, options)),
    async manifests(name, { revision, signal } = {}) {
      const params = { path: { name }, query: { ...(revision !== undefined && { revision }) } };
      const { manifests = [] } = await call(
        `rendering application ${name}`,
        signal,
        client.GET('/api/v1/applications/{name}/manifests', { params, signal: signal ?? null }),
      );
      return manifests.map((manifest) => JSON.parse(manifest) as object);
    },
    async managedResources(applicationName, { signal, ...query } = {}) {
      const params = { path: { applicationName }, query: known(query) };
      const { items } = await call(
        `reading the resources of application ${applicationName}`,
        signal,
        client.GET('/api/v1/applications/{applicationName}/managed-resources', { params, signal: signal ?? null }),
      );
      return items ?? [];
    },
    resourceTree(applicationName, { signal, ...query } = {}) {
      const params = { path: { applicationName }, query: known(query) };
      return call(
        `reading the resource tree of application ${applicationName}`,
        signal,
        client.GET('/api/v1/applications/{applicationName}/resource-tree', { params, signal: signal ?? null }),
      );
    },
    serverSideDiff: (name, options) => serverSideDiff({ server, send }, applications, name, options),
    async events(name, { resource, signal } = {}) {
      const query = resource && {
        resourceNamespace: resource.namespace,
        resourceName: resource.name,
        resourceUID: resource.uid,
      };
      const { items } = await call(
        `reading the events of application ${name}`,
        signal,
        client.GET('/api/v1/applications/{name}/events', {
          params: { path: { name }, query: query ?? {} },
          signal: signal ?? null,
        }),
      );
      return items ?? [];
    },
    logs: (name, options) => logs(client, name, options, format),
    watch: (options = {}) => resumingWatch((signal) => connect(client, { ...options, signal }, format), options.signal),
    wait: (name, options) => waitFor(source, name, options),
    waitAll: (revisions, options) => waitForAll(source, revisions, options),
  };
  const source: WaitSource = {
    ...applications,
    startRefresh: (name, refresh, signal) => applications.get(name, { refresh, signal }),
  };
  return applications;
}

function syncRequest(name: string, options: SyncOptions): Schemas['applicationApplicationSyncRequest'] {
  const { revision, revisions, sourcePositions, prune = false, dryRun = false } = options;
  const { syncOptions, strategy, resources, manifests, infos, retry } = options;
  return {
    name,
    prune,
    dryRun,
    ...(revision !== undefined && { revision }),
    ...(revisions && { revisions: [...revisions] }),
    ...(sourcePositions && { sourcePositions: sourcePositions.map(String) }),
    ...(syncOptions && { syncOptions: { items: [...syncOptions] } }),
    ...(strategy && { strategy: syncStrategyOf(strategy) }),
    ...(resources && { resources: [...resources] }),
    ...(manifests && { manifests: [...manifests] }),
    ...(infos && { infos: [...infos] }),
    ...(retry && { retryStrategy: retry }),
  };
}

async function list(
  client: Client<paths>,
  { selector, projects, signal }: ListOptions = {},
): Promise<readonly Application[]> {
  const query = { ...(selector && { selector }), ...(projects && { projects: [...projects] }) };
  const found = await call(
    'listing applications',
    signal,
    client.GET('/api/v1/applications', { params: { query }, signal: signal ?? null }),
  );
  return found.items ?? [];
}

async function* logs(
  client: Client<paths>,
  name: string,
  { of, container, tailLines, sinceSeconds, previous, follow, signal }: LogOptions,
  format: StreamFormat,
): AsyncGenerator<LogEntry> {
  const what = `reading the log of ${'pod' in of ? of.pod : of.name}`;
  const whose =
    'pod' in of
      ? { namespace: of.namespace, podName: of.pod }
      : { namespace: of.namespace, group: of.group, kind: of.kind, resourceName: of.name };
  const query = {
    ...whose,
    ...known({ container, previous, follow }),
    ...(tailLines !== undefined && { tailLines: String(tailLines) }),
    ...(sinceSeconds !== undefined && { sinceSeconds: String(sinceSeconds) }),
  };
  const entries = await callStream<LogEntry>(
    what,
    signal,
    client.GET('/api/v1/applications/{name}/logs', {
      params: { path: { name }, query },
      headers: { accept: acceptOf[format] },
      parseAs: 'stream',
      signal: signal ?? null,
    }),
  );
  try {
    for await (const entry of entries) {
      // Argo CD's mark of the end is an entry without a line.
      if (entry.last === true) return;
      yield entry;
    }
  } catch (error) {
    if (signal?.aborted !== true) throw connectionErrorOf(what, error);
  }
}

/** The stream is opened before the list is read, so that nothing can happen unseen between the two. */
async function connect(
  client: Client<paths>,
  options: WatchOptions & { readonly signal: AbortSignal },
  format: StreamFormat,
): Promise<WatchConnection> {
  const { name, selector, projects, signal } = options;
  const query = { ...(name && { name }), ...(selector && { selector }), ...(projects && { projects: [...projects] }) };
  const stream = await callStream<Schemas['v1alpha1ApplicationWatchEvent']>(
    'watching applications',
    signal,
    client.GET('/api/v1/stream/applications', {
      params: { query },
      headers: { accept: acceptOf[format] },
      parseAs: 'stream',
      signal,
    }),
  );
  const relist = (): Promise<readonly Application[]> => present(client, options);
  return { list: await relist(), events: withRelists(eventsOf(stream), relist) };
}

async function present(client: Client<paths>, options: WatchOptions): Promise<readonly Application[]> {
  if (options.name === undefined) return list(client, options);
  const params = { path: { name: options.name } };
  const pending = client.GET('/api/v1/applications/{name}', { params, signal: options.signal ?? null });
  try {
    return [await call(`reading application ${options.name}`, options.signal, pending)];
  } catch (error) {
    if (error instanceof ArgoCdError && error.code === 'NOT_FOUND') return [];
    throw error;
  }
}

async function* eventsOf(
  stream: AsyncIterable<Schemas['v1alpha1ApplicationWatchEvent']>,
): AsyncGenerator<ApplicationEvent> {
  for await (const { type, application } of stream) yield eventOf(type, application);
}

/** Without the fields that are undefined: those would be sent as words. */
function known<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
