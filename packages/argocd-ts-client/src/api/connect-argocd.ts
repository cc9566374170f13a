import createClient from 'openapi-fetch';
import type { ArgoCd } from '../argocd.ts';
import type { paths } from '../generated/argocd.ts';
import { retryingFetch } from '../retry.ts';
import type { StreamFormat } from '../streams.ts';
import { createFetch, type Fetch, type Tls } from '../transport.ts';
import { apiAccounts } from './api-accounts.ts';
import { apiApplicationSets } from './api-application-sets.ts';
import { apiApplications } from './api-applications.ts';
import { apiClusters } from './api-clusters.ts';
import { apiProjects } from './api-projects.ts';
import { apiRepositories, apiRepositoryCredentials } from './api-repositories.ts';
import { apiSession, logIn } from './api-session.ts';
import { authorizedFetch, type Credentials } from './authorize.ts';
import { call } from './call.ts';

export interface ArgoCdOptions extends Credentials {
  /** Address of Argo CD's API server, e.g. `https://argocd.example.org`. */
  readonly server: string;
  /** Trust for the server's certificate; the system's CAs when left out. */
  readonly tls?: Tls | undefined;
  /** Default `ndjson`. */
  readonly streams?: StreamFormat | undefined;
  /** Replaces the transport altogether; `tls` is then its own matter. */
  readonly fetch?: Fetch | undefined;
}

/** A client of Argo CD's API server. Nothing is sent before the first call. Reading calls are repeated when they get no answer. */
export function connectArgoCd(options: ArgoCdOptions): ArgoCd {
  const { streams: format, tls, fetch = createFetch(tls) } = options;
  const server = options.server.replace(/\/+$/, '');
  const plain = retryingFetch(fetch);
  const anonymous = createClient<paths>({ baseUrl: server, fetch: plain });
  const send = authorizedFetch(plain, options, (name, password) => logIn(anonymous, name, password));
  const client = createClient<paths>({ baseUrl: server, fetch: send });
  return {
    applications: apiApplications({ client, server, send, format }),
    projects: apiProjects(client),
    applicationSets: apiApplicationSets(client),
    repositories: apiRepositories(client),
    repositoryCredentials: apiRepositoryCredentials(client),
    clusters: apiClusters(client),
    accounts: apiAccounts(client),
    session: apiSession({ anonymous, client }),
    settings: (signal) =>
      call('reading the settings', signal, client.GET('/api/v1/settings', { signal: signal ?? null })),
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
