import type { Client } from 'openapi-fetch';
import type { Repositories, RepositoryCredentialsSets } from '../argocd.ts';
import type { paths } from '../generated/argocd.ts';
import { call } from './call.ts';

export function apiRepositories(client: Client<paths>): Repositories {
  const byUrl = '/api/v1/repositories/{repo}';
  return {
    async list({ signal } = {}) {
      const { items } = await call(
        'listing repositories',
        signal,
        client.GET('/api/v1/repositories', { signal: signal ?? null }),
      );
      return items ?? [];
    },
    get: (url, { signal } = {}) =>
      call(
        `reading repository ${url}`,
        signal,
        client.GET(byUrl, { params: { path: { repo: url } }, signal: signal ?? null }),
      ),
    create: (body, { upsert = false, signal } = {}) =>
      call(
        `creating repository ${body.repo ?? ''}`,
        signal,
        client.POST('/api/v1/repositories', { params: { query: { upsert } }, body, signal: signal ?? null }),
      ),
    update: (body, { signal } = {}) =>
      call(
        `updating repository ${body.repo ?? ''}`,
        signal,
        client.PUT('/api/v1/repositories/{repo.repo}', {
          params: { path: { 'repo.repo': body.repo ?? '' } },
          body,
          signal: signal ?? null,
        }),
      ),
    async delete(url, { signal } = {}) {
      await call(
        `deleting repository ${url}`,
        signal,
        client.DELETE(byUrl, { params: { path: { repo: url } }, signal: signal ?? null }),
      );
    },
  };
}

export function apiRepositoryCredentials(client: Client<paths>): RepositoryCredentialsSets {
  return {
    async list({ signal } = {}) {
      const { items } = await call(
        'listing repository credentials',
        signal,
        client.GET('/api/v1/repocreds', { signal: signal ?? null }),
      );
      return items ?? [];
    },
    create: (body, { upsert = false, signal } = {}) =>
      call(
        `creating credentials of ${body.url ?? ''}`,
        signal,
        client.POST('/api/v1/repocreds', { params: { query: { upsert } }, body, signal: signal ?? null }),
      ),
    update: (body, { signal } = {}) =>
      call(
        `updating credentials of ${body.url ?? ''}`,
        signal,
        client.PUT('/api/v1/repocreds/{creds.url}', {
          params: { path: { 'creds.url': body.url ?? '' } },
          body,
          signal: signal ?? null,
        }),
      ),
    async delete(url, { signal } = {}) {
      await call(
        `deleting credentials of ${url}`,
        signal,
        client.DELETE('/api/v1/repocreds/{url}', { params: { path: { url } }, signal: signal ?? null }),
      );
    },
  };
}
