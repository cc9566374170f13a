import type { Client } from 'openapi-fetch';
import type { Projects } from '../argocd.ts';
import { ArgoCdError } from '../errors.ts';
import type { paths } from '../generated/argocd.ts';
import { call } from './call.ts';

export function apiProjects(client: Client<paths>): Projects {
  const byName = '/api/v1/projects/{name}';
  return {
    async list({ signal } = {}) {
      const { items } = await call(
        'listing projects',
        signal,
        client.GET('/api/v1/projects', { signal: signal ?? null }),
      );
      return items ?? [];
    },
    get: (name, { signal } = {}) =>
      call(
        `reading project ${name}`,
        signal,
        client.GET(byName, { params: { path: { name } }, signal: signal ?? null }),
      ),
    create: (project, { upsert = false, signal } = {}) =>
      call(
        `creating project ${project.metadata?.name ?? ''}`,
        signal,
        client.POST('/api/v1/projects', { body: { project, upsert }, signal: signal ?? null }),
      ),
    update(project, { signal } = {}) {
      const name = project.metadata?.name ?? '';
      return call(
        `updating project ${name}`,
        signal,
        client.PUT('/api/v1/projects/{project.metadata.name}', {
          params: { path: { 'project.metadata.name': name } },
          body: { project },
          signal: signal ?? null,
        }),
      );
    },
    async delete(name, { signal } = {}) {
      await call(
        `deleting project ${name}`,
        signal,
        client.DELETE(byName, { params: { path: { name } }, signal: signal ?? null }),
      );
    },
    async createToken(project, role, { id, expiresInSeconds, signal } = {}) {
      const what = `creating a token of role ${role} of project ${project}`;
      const body = { project, role, ...(id !== undefined && { id }), expiresIn: expiresInSeconds ?? 0 };
      const { token } = await call(
        what,
        signal,
        client.POST('/api/v1/projects/{project}/roles/{role}/token', {
          params: { path: { project, role } },
          body,
          signal: signal ?? null,
        }),
      );
      if (token === undefined) throw new ArgoCdError('PROTOCOL', `${what}: no token in the answer`);
      return token;
    },
    async deleteToken(project, role, id, { signal } = {}) {
      await call(
        `deleting token ${id} of role ${role} of project ${project}`,
        signal,
        client.DELETE('/api/v1/projects/{project}/roles/{role}/token/{iat}', {
          // The id decides; the time of issue is for tokens from before there were ids.
          params: { path: { project, role, iat: '0' }, query: { id } },
          signal: signal ?? null,
        }),
      );
    },
  };
}
