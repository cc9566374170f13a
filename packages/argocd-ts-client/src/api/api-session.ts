import type { Client } from 'openapi-fetch';
import type { Session } from '../argocd.ts';
import { ArgoCdError } from '../errors.ts';
import type { paths } from '../generated/argocd.ts';
import { call } from './call.ts';

export function apiSession({
  anonymous,
  client,
}: {
  readonly anonymous: Client<paths>;
  readonly client: Client<paths>;
}): Session {
  return {
    create: (user, password, signal) => logIn(anonymous, user, password, signal),
    async user(signal) {
      const info = await call(
        'reading the session',
        signal,
        client.GET('/api/v1/session/userinfo', { signal: signal ?? null }),
      );
      return info.loggedIn === true ? { name: info.username ?? '', groups: info.groups ?? [] } : undefined;
    },
  };
}

/** A token for a local user's password. Sent without any other credentials. */
export async function logIn(
  anonymous: Client<paths>,
  username: string,
  password: string,
  signal?: AbortSignal,
): Promise<string> {
  const what = `logging in as ${username}`;
  const body = { username, password };
  const { token } = await call(what, signal, anonymous.POST('/api/v1/session', { body, signal: signal ?? null }));
  if (token === undefined) throw new ArgoCdError('PROTOCOL', `${what}: no token in the answer`);
  return token;
}
