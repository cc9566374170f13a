import type { Client } from 'openapi-fetch';
import type { Accounts } from '../argocd.ts';
import { ArgoCdError } from '../errors.ts';
import type { paths } from '../generated/argocd.ts';
import { call } from './call.ts';

export function apiAccounts(client: Client<paths>): Accounts {
  return {
    async list({ signal } = {}) {
      const { items } = await call(
        'listing accounts',
        signal,
        client.GET('/api/v1/account', { signal: signal ?? null }),
      );
      return items ?? [];
    },
    get: (name, { signal } = {}) =>
      call(
        `reading account ${name}`,
        signal,
        client.GET('/api/v1/account/{name}', { params: { path: { name } }, signal: signal ?? null }),
      ),
    async canI(resource, action, subresource = '*', { signal } = {}) {
      const { value } = await call(
        `asking for the right to ${action} ${resource} ${subresource}`,
        signal,
        client.GET('/api/v1/account/can-i/{resource}/{action}/{subresource}', {
          params: { path: { resource, action, subresource } },
          signal: signal ?? null,
        }),
      );
      return value === 'yes';
    },
    async updatePassword(change, { signal } = {}) {
      await call(
        `changing the password of ${change.name ?? 'the own account'}`,
        signal,
        client.PUT('/api/v1/account/password', { body: { ...change }, signal: signal ?? null }),
      );
    },
    async createToken(name, { id, expiresInSeconds, signal } = {}) {
      const body = { name, ...(id !== undefined && { id }), expiresIn: expiresInSeconds ?? 0 };
      const { token } = await call(
        `creating a token of account ${name}`,
        signal,
        client.POST('/api/v1/account/{name}/token', { params: { path: { name } }, body, signal: signal ?? null }),
      );
      if (token === undefined)
        throw new ArgoCdError('PROTOCOL', `creating a token of account ${name}: no token in the answer`);
      return token;
    },
    async deleteToken(name, id, { signal } = {}) {
      await call(
        `deleting token ${id} of account ${name}`,
        signal,
        client.DELETE('/api/v1/account/{name}/token/{id}', {
          params: { path: { name, id } },
          signal: signal ?? null,
        }),
      );
    },
  };
}
