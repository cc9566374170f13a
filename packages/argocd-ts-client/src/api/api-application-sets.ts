import type { Client } from 'openapi-fetch';
import type { ApplicationSets } from '../argocd.ts';
import type { paths } from '../generated/argocd.ts';
import { call } from './call.ts';

export function apiApplicationSets(client: Client<paths>): ApplicationSets {
  const byName = '/api/v1/applicationsets/{name}';
  return {
    async list({ selector, projects, signal } = {}) {
      const query = { ...(selector && { selector }), ...(projects && { projects: [...projects] }) };
      const { items } = await call(
        'listing application sets',
        signal,
        client.GET('/api/v1/applicationsets', { params: { query }, signal: signal ?? null }),
      );
      return items ?? [];
    },
    get: (name, { signal } = {}) =>
      call(
        `reading application set ${name}`,
        signal,
        client.GET(byName, { params: { path: { name } }, signal: signal ?? null }),
      ),
    create: (body, { upsert = false, signal } = {}) =>
      call(
        `creating application set ${body.metadata?.name ?? ''}`,
        signal,
        client.POST('/api/v1/applicationsets', { params: { query: { upsert } }, body, signal: signal ?? null }),
      ),
    async delete(name, { signal } = {}) {
      await call(
        `deleting application set ${name}`,
        signal,
        client.DELETE(byName, { params: { path: { name } }, signal: signal ?? null }),
      );
    },
    async preview(applicationSet, { signal } = {}) {
      const { applications } = await call(
        `previewing application set ${applicationSet.metadata?.name ?? ''}`,
        signal,
        client.POST('/api/v1/applicationsets/generate', { body: { applicationSet }, signal: signal ?? null }),
      );
      return applications ?? [];
    },
  };
}
