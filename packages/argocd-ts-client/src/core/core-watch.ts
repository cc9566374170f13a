import type { Application, ApplicationEvent, WatchOptions } from '../applications.ts';
import { ArgoCdError, errorOf } from '../errors.ts';
import { jsonLines } from '../json-lines.ts';
import { eventOf, type WatchConnection } from '../watch.ts';
import type { KubernetesApi } from './kubernetes-api.ts';

/** Longer than Kubernetes' own spread of 30 to 60 minutes is pointless, shorter costs requests; the watch resumes by itself. */
const watchTimeoutSeconds = '1800';

const what = 'watching applications';
const gone = 410;

/**
 * Goes on from a version where one is given, so that no state in between is missed; Kubernetes keeps some minutes of them.
 * From a version that is too old, and at first, it lists.
 */
export async function connectWatch(
  api: KubernetesApi,
  path: string,
  options: WatchOptions & { readonly signal: AbortSignal },
  from: string | undefined,
): Promise<WatchConnection> {
  const { name, selector, projects, signal } = options;
  const query = { labelSelector: selector, fieldSelector: name === undefined ? undefined : `metadata.name=${name}` };
  const open = async (resourceVersion: string): Promise<Response> => {
    const watch = { watch: 'true', allowWatchBookmarks: 'true', timeoutSeconds: watchTimeoutSeconds, resourceVersion };
    return api({ what, path, query: { ...query, ...watch }, signal });
  };
  if (from !== undefined) {
    try {
      return { events: eventsOf(await open(from), projects), from };
    } catch (error) {
      if (!(error instanceof ArgoCdError && error.status === gone)) throw error;
    }
  }
  const answer = await api({ what, path, query, signal });
  const { items, metadata } = (await answer.json()) as { items: Application[]; metadata: { resourceVersion: string } };
  const stream = await open(metadata.resourceVersion);
  return { list: items.filter(isIn(projects)), events: eventsOf(stream, projects), from: metadata.resourceVersion };
}

async function* eventsOf(
  { body }: Response,
  projects: readonly string[] | undefined,
): AsyncGenerator<ApplicationEvent | { readonly from: string | undefined }> {
  if (body === null) return;
  const isWanted = isIn(projects);
  for await (const value of jsonLines(body)) {
    const { type, object } = value as { type: string; object: Application & { code?: number } };
    if (type === 'ERROR') {
      // The version is too old to go on from: the next connection lists.
      if (object.code === gone) yield { from: undefined };
      throw errorOf(what, object.code === gone ? 503 : (object.code ?? 503), object);
    }
    if (type !== 'BOOKMARK') {
      const event = eventOf(type, object);
      if (isWanted(event.application)) yield event;
    }
    yield { from: object.metadata?.resourceVersion };
  }
}

export function isIn(projects: readonly string[] | undefined): (application: Application) => boolean {
  return ({ spec }) => projects === undefined || projects.includes(spec?.project ?? '');
}
