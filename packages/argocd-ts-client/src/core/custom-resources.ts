import { isDeepStrictEqual } from 'node:util';
import type { CallOptions } from '../applications.ts';
import type { UpsertOptions } from '../argocd.ts';
import { ArgoCdError } from '../errors.ts';
import type { components } from '../generated/argocd.ts';
import type { KubernetesApi, KubernetesRequest } from './kubernetes-api.ts';
import { onPresentVersion } from './on-present-version.ts';

interface CustomResource {
  readonly metadata?: components['schemas']['v1ObjectMeta'];
  readonly spec?: object;
}

export interface CustomResources<T> {
  list(options?: CallOptions & { readonly selector?: string | undefined }): Promise<readonly T[]>;
  get(name: string, options?: CallOptions): Promise<T>;
  create(resource: T, options?: UpsertOptions): Promise<T>;
  update(resource: T, options?: CallOptions): Promise<T>;
  patch(name: string, change: NonNullable<KubernetesRequest['change']>, options?: CallOptions): Promise<T>;
  delete(name: string, options?: CallOptions): Promise<void>;
  /** Path of all, or of one. */
  path(name?: string): string;
}

const version = 'argoproj.io/v1alpha1';

/** Argo CD's objects of one kind in one namespace. @param word - one of them, in messages. */
export function customResources<T extends CustomResource>(
  api: KubernetesApi,
  namespace: string,
  { kind, plural, word }: { readonly kind: string; readonly plural: string; readonly word: string },
): CustomResources<T> {
  const path = (name?: string): string =>
    `/apis/${version}/namespaces/${encodeURIComponent(namespace)}/${plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
  const one = async (request: KubernetesRequest): Promise<T> => (await (await api(request)).json()) as T;
  const nameOf = ({ metadata }: T): string => metadata?.name ?? '';
  const typed = (resource: T): object => ({
    ...resource,
    apiVersion: version,
    kind,
    metadata: { ...resource.metadata, namespace },
  });
  const resources: CustomResources<T> = {
    path,
    async list({ selector, signal } = {}) {
      const query = { labelSelector: selector };
      const answer = await api({ what: `listing ${word}s`, path: path(), query, signal });
      return ((await answer.json()) as { items: T[] }).items;
    },
    get: (name, { signal } = {}) => one({ what: `reading ${word} ${name}`, path: path(name), signal }),
    async create(resource, { upsert = false, signal } = {}) {
      const what = `creating ${word} ${nameOf(resource)}`;
      try {
        return await one({ what, path: path(), change: { how: 'POST', body: typed(resource) }, signal });
      } catch (error) {
        if (!(error instanceof ArgoCdError) || error.code !== 'CONFLICT') throw error;
        if (upsert) return resources.update(resource, { signal });
        // As Argo CD's API server: what is there already is created.
        const present = await resources.get(nameOf(resource), { signal });
        if (isDeepStrictEqual(present.spec, resource.spec)) return present;
        throw error;
      }
    },
    async update(resource, { signal } = {}) {
      const name = nameOf(resource);
      const { labels, annotations, finalizers, resourceVersion: wanted } = resource.metadata ?? {};
      const replace = async (): Promise<T> => {
        const current = await resources.get(name, { signal });
        const resourceVersion = wanted ?? current.metadata?.resourceVersion;
        const metadata = { ...current.metadata, labels, annotations, finalizers, resourceVersion };
        const body = { ...typed({ ...current, spec: resource.spec }), metadata };
        return one({ what: `updating ${word} ${name}`, path: path(name), change: { how: 'PUT', body }, signal });
      };
      return wanted === undefined ? onPresentVersion(replace) : replace();
    },
    patch: (name, change, { signal } = {}) =>
      one({ what: `patching ${word} ${name}`, path: path(name), change, signal }),
    async delete(name, { signal } = {}) {
      const answer = await api({
        what: `deleting ${word} ${name}`,
        path: path(name),
        change: { how: 'DELETE' },
        signal,
      });
      await answer.body?.cancel();
    },
  };
  return resources;
}
