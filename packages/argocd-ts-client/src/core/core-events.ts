import type { Application, EventOptions, KubernetesEvent } from '../applications.ts';
import { requireInCluster } from './in-cluster.ts';
import type { KubernetesApi } from './kubernetes-api.ts';

/** Of the application itself, or of a resource in the same cluster. */
export async function coreEvents(
  api: KubernetesApi,
  application: Application,
  { resource, signal }: EventOptions = {},
): Promise<readonly KubernetesEvent[]> {
  const { name = '', namespace = '', uid = '' } = resource ?? application.metadata ?? {};
  const what = `reading the events of ${resource === undefined ? 'application ' : ''}${name}`;
  if (resource !== undefined) requireInCluster(what, application);
  const query = { fieldSelector: `involvedObject.name=${name},involvedObject.uid=${uid}` };
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
  const answer = await api({ what, path, query, signal });
  return ((await answer.json()) as { items: KubernetesEvent[] }).items;
}
