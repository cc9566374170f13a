import type { Application, Applications, CallOptions, ListOptions } from './applications.ts';
import type { components } from './generated/argocd.ts';

type Schemas = components['schemas'];

export type AppProject = Schemas['v1alpha1AppProject'];
export type ApplicationSet = Schemas['v1alpha1ApplicationSet'];
export type Repository = Schemas['v1alpha1Repository'];
export type RepositoryCredentials = Schemas['v1alpha1RepoCreds'];
export type Cluster = Schemas['v1alpha1Cluster'];
export type Account = Schemas['accountAccount'];
export type Settings = Schemas['clusterSettings'];

export interface UpsertOptions extends CallOptions {
  /** Brings what has this name to the given one, instead of CONFLICT. */
  readonly upsert?: boolean | undefined;
}

export interface TokenOptions extends CallOptions {
  /** Names the token, for revoking it; made up when left out. */
  readonly id?: string | undefined;
  /** Never, when left out. */
  readonly expiresInSeconds?: number | undefined;
}

/** Every method of these interfaces throws {@link ArgoCdError}. */
export interface Projects {
  list(options?: CallOptions): Promise<readonly AppProject[]>;
  get(name: string, options?: CallOptions): Promise<AppProject>;
  create(project: AppProject, options?: UpsertOptions): Promise<AppProject>;
  /** Replaces the specification. A `resourceVersion` that is not the present one is a CONFLICT. */
  update(project: AppProject, options?: CallOptions): Promise<AppProject>;
  delete(name: string, options?: CallOptions): Promise<void>;
  /** A token of a role. It is told this once. The API server only. */
  createToken(project: string, role: string, options?: TokenOptions): Promise<string>;
  /** By the `id` that it was created with. The API server only. */
  deleteToken(project: string, role: string, id: string, options?: CallOptions): Promise<void>;
}

export interface ApplicationSets {
  list(options?: ListOptions): Promise<readonly ApplicationSet[]>;
  get(name: string, options?: CallOptions): Promise<ApplicationSet>;
  create(set: ApplicationSet, options?: UpsertOptions): Promise<ApplicationSet>;
  delete(name: string, options?: CallOptions): Promise<void>;
  /** The applications that it would make now; nothing is created. The API server only. */
  preview(set: ApplicationSet, options?: CallOptions): Promise<readonly Application[]>;
}

/** By URL. What is read has no passwords and keys: Argo CD never gives them out. */
export interface Repositories {
  list(options?: CallOptions): Promise<readonly Repository[]>;
  get(url: string, options?: CallOptions): Promise<Repository>;
  /** Argo CD tries it first: a repository that does not answer is refused. */
  create(repository: Repository, options?: UpsertOptions): Promise<Repository>;
  update(repository: Repository, options?: CallOptions): Promise<Repository>;
  delete(url: string, options?: CallOptions): Promise<void>;
}

/** By the prefix of URLs that they hold for. */
export interface RepositoryCredentialsSets {
  list(options?: CallOptions): Promise<readonly RepositoryCredentials[]>;
  create(credentials: RepositoryCredentials, options?: UpsertOptions): Promise<RepositoryCredentials>;
  update(credentials: RepositoryCredentials, options?: CallOptions): Promise<RepositoryCredentials>;
  delete(url: string, options?: CallOptions): Promise<void>;
}

export type ClusterRef = { readonly name: string } | { readonly server: string };

export interface Clusters {
  list(options?: CallOptions): Promise<readonly Cluster[]>;
  get(cluster: ClusterRef, options?: CallOptions): Promise<Cluster>;
  create(cluster: Cluster, options?: UpsertOptions): Promise<Cluster>;
  update(cluster: Cluster, options?: CallOptions): Promise<Cluster>;
  delete(cluster: ClusterRef, options?: CallOptions): Promise<void>;
}

export interface Accounts {
  list(options?: CallOptions): Promise<readonly Account[]>;
  get(name: string, options?: CallOptions): Promise<Account>;
  /** Whether this client's account may do it, as in `('applications', 'sync', 'staging/staging')`. */
  canI(resource: string, action: string, subresource?: string, options?: CallOptions): Promise<boolean>;
  /** Of the account that logged in, or of another one by an administrator. */
  updatePassword(
    change: { readonly name?: string; readonly currentPassword: string; readonly newPassword: string },
    options?: CallOptions,
  ): Promise<void>;
  /** A token of an account with the capability `apiKey`. It is told this once. */
  createToken(name: string, options?: TokenOptions): Promise<string>;
  deleteToken(name: string, id: string, options?: CallOptions): Promise<void>;
}

export interface Session {
  /** A token for a local user's password. @throws ArgoCdError `UNAUTHENTICATED` */
  create(user: string, password: string, signal?: AbortSignal): Promise<string>;
  /** Who the token speaks for; undefined when it is not valid. */
  user(signal?: AbortSignal): Promise<{ readonly name: string; readonly groups: readonly string[] } | undefined>;
}

/** What both ways in have. What one of them cannot do is an ArgoCdError `UNSUPPORTED`. */
export interface ArgoCdCore {
  readonly applications: Applications;
  readonly projects: Projects;
  readonly applicationSets: ApplicationSets;
}

export interface ArgoCd extends ArgoCdCore {
  readonly repositories: Repositories;
  readonly repositoryCredentials: RepositoryCredentialsSets;
  readonly clusters: Clusters;
  readonly accounts: Accounts;
  readonly session: Session;
  settings(signal?: AbortSignal): Promise<Settings>;
  /** As in `v3.5.7`, without build data. */
  version(signal?: AbortSignal): Promise<string>;
}
