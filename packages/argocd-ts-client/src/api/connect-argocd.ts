import createClient from 'openapi-fetch';
import type { Applications } from '../applications.ts';
import { ArgoCdError } from '../errors.ts';
import type { paths } from '../generated/argocd.ts';
import { createFetch, type Fetch, type Tls } from '../transport.ts';
import { apiApplications } from './api-applications.ts';
import { call } from './call.ts';

export interface ArgoCdOptions {
  /** Address of Argo CD's API server, e.g. `https://argocd.example.org`. */
  readonly server: string;
  /** A token, or where to get a fresh one before each call. Without it only `session.create` and `version` work. */
  readonly token?: string | (() => string | Promise<string>) | undefined;
  /** Trust for the server's certificate; the system's CAs when left out. */
  readonly tls?: Tls | undefined;
  /** Replaces the transport altogether; `tls` is then its own matter. */
  readonly fetch?: Fetch | undefined;
}

export interface Session {
  /** A token for a local user's password. @throws ArgoCdError `UNAUTHENTICATED` */
  create(user: string, password: string, signal?: AbortSignal): Promise<string>;
  /** Who the token speaks for; undefined when it is not valid. */
  user(signal?: AbortSignal): Promise<{ readonly name: string; readonly groups: readonly string[] } | undefined>;
}

export interface ArgoCd {
  readonly applications: Applications;
  readonly session: Session;
  /** As in `v3.5.7`, without build data. */
  version(signal?: AbortSignal): Promise<string>;
}

/** A client of Argo CD's API server. Nothing is sent before the first call. */
export function connectArgoCd({ server, token, tls, fetch = createFetch(tls) }: ArgoCdOptions): ArgoCd {
  const client = createClient<paths>({ baseUrl: server.replace(/\/+$/, ''), fetch });
  client.use({
    async onRequest({ request }) {
      const current = typeof token === 'function' ? await token() : token;
      if (current !== undefined) request.headers.set('authorization', `Bearer ${current}`);
      return request;
    },
  });
  return {
    applications: apiApplications(client),
    session: {
      async create(username, password, signal) {
        const body = { username, password };
        const answer = await call(
          `logging in as ${username}`,
          signal,
          client.POST('/api/v1/session', { body, signal: signal ?? null }),
        );
        if (answer.token === undefined)
          throw new ArgoCdError('PROTOCOL', `logging in as ${username}: no token in the answer`);
        return answer.token;
      },
      async user(signal) {
        const info = await call(
          'reading the session',
          signal,
          client.GET('/api/v1/session/userinfo', { signal: signal ?? null }),
        );
        return info.loggedIn === true ? { name: info.username ?? '', groups: info.groups ?? [] } : undefined;
      },
    },
    async version(signal) {
      const { Version = '' } = await call(
        'reading the version',
        signal,
        client.GET('/api/version', { signal: signal ?? null }),
      );
      return Version.split('+')[0] ?? Version;
    },
  };
}
