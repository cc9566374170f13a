import type { Client } from 'openapi-fetch';
import type { ClusterRef, Clusters } from '../argocd.ts';
import type { paths } from '../generated/argocd.ts';
import { call } from './call.ts';

export function apiClusters(client: Client<paths>): Clusters {
  const byId = '/api/v1/clusters/{id.value}';
  return {
    async list({ signal } = {}) {
      const { items } = await call(
        'listing clusters',
        signal,
        client.GET('/api/v1/clusters', { signal: signal ?? null }),
      );
      return items ?? [];
    },
    get: (cluster, { signal } = {}) =>
      call(
        `reading cluster ${wordOf(cluster)}`,
        signal,
        client.GET(byId, { params: idOf(cluster), signal: signal ?? null }),
      ),
    create: (body, { upsert = false, signal } = {}) =>
      call(
        `creating cluster ${body.name ?? body.server ?? ''}`,
        signal,
        client.POST('/api/v1/clusters', { params: { query: { upsert } }, body, signal: signal ?? null }),
      ),
    update: (body, { signal } = {}) =>
      call(
        `updating cluster ${body.name ?? body.server ?? ''}`,
        signal,
        client.PUT(byId, { params: idOf({ server: body.server ?? '' }), body, signal: signal ?? null }),
      ),
    async delete(cluster, { signal } = {}) {
      await call(
        `deleting cluster ${wordOf(cluster)}`,
        signal,
        client.DELETE(byId, { params: idOf(cluster), signal: signal ?? null }),
      );
    },
  };
}

function wordOf(cluster: ClusterRef): string {
  return 'name' in cluster ? cluster.name : cluster.server;
}

function idOf(cluster: ClusterRef): { path: { 'id.value': string }; query: { 'id.type': string } } {
  return 'name' in cluster
    ? { path: { 'id.value': cluster.name }, query: { 'id.type': 'name' } }
    : { path: { 'id.value': cluster.server }, query: { 'id.type': 'url' } };
}
