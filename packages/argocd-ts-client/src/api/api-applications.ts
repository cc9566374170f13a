import type { Client } from 'openapi-fetch';
import type { Application, ApplicationEvent, Applications, ListOptions, WatchOptions } from '../applications.ts';
import { ArgoCdError, errorOf } from '../errors.ts';
import type { components, paths } from '../generated/argocd.ts';
import { jsonLines } from '../json-lines.ts';
import { waitFor } from '../wait.ts';
import { eventOf, resumingWatch, type WatchConnection } from '../watch.ts';
import { call } from './call.ts';

/** Applications through Argo CD's API server. */
export function apiApplications(client: Client<paths>): Applications {
  const applications: Applications = {
    get(name, { refresh, signal } = {}) {
      const params = { path: { name }, query: { ...(refresh && { refresh }) } };
      return call(
        `reading application ${name}`,
        signal,
        client.GET('/api/v1/applications/{name}', { params, signal: signal ?? null }),
      );
    },
    list: (options) => list(client, options),
    sync(name, { revision, prune = false, dryRun = false, syncOptions, signal } = {}) {
      const body: components['schemas']['applicationApplicationSyncRequest'] = {
        name,
        prune,
        dryRun,
        ...(revision !== undefined && { revision }),
        ...(syncOptions && { syncOptions: { items: [...syncOptions] } }),
      };
      const path = '/api/v1/applications/{name}/sync';
      return call(
        `syncing application ${name}`,
        signal,
        client.POST(path, { params: { path: { name } }, body, signal: signal ?? null }),
      );
    },
    patch(name, mergePatch, { signal } = {}) {
      const body = { name, patch: JSON.stringify(mergePatch), patchType: 'merge' };
      return call(
        `changing application ${name}`,
        signal,
        client.PATCH('/api/v1/applications/{name}', { params: { path: { name } }, body, signal: signal ?? null }),
      );
    },
    rollback(name, { id, prune = false, dryRun = false, signal }) {
      const body = { name, id, prune, dryRun };
      const path = '/api/v1/applications/{name}/rollback';
      return call(
        `rolling application ${name} back to its deployment ${id}`,
        signal,
        client.POST(path, { params: { path: { name } }, body, signal: signal ?? null }),
      );
    },
    watch: (options = {}) => resumingWatch((signal) => connect(client, options, signal), options.signal),
    wait: (name, options) => waitFor(applications, name, options),
  };
  return applications;
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

/** The stream is opened before the list is read, so that nothing can happen unseen between the two. */
async function connect(client: Client<paths>, options: WatchOptions, signal: AbortSignal): Promise<WatchConnection> {
  const { name, selector, projects } = options;
  const query = { ...(name && { name }), ...(selector && { selector }), ...(projects && { projects: [...projects] }) };
  const stream = await call(
    'watching applications',
    signal,
    client.GET('/api/v1/stream/applications', { params: { query }, parseAs: 'stream', signal }),
  );
  const all = name === undefined ? await list(client, { ...options, signal }) : await one(client, name, signal);
  return { list: all, events: eventsOf(stream) };
}

async function one(client: Client<paths>, name: string, signal: AbortSignal): Promise<readonly Application[]> {
  try {
    return [await apiApplications(client).get(name, { signal })];
  } catch (error) {
    if (error instanceof ArgoCdError && error.code === 'NOT_FOUND') return [];
    throw error;
  }
}

async function* eventsOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<ApplicationEvent> {
  for await (const value of jsonLines(stream)) {
    const { result, error } = value as {
      result?: components['schemas']['v1alpha1ApplicationWatchEvent'];
      error?: components['schemas']['runtimeStreamError'];
    };
    if (error !== undefined) throw errorOf('watching applications', error.http_code ?? 503, error);
    yield eventOf(result?.type, result?.application);
  }
}
