import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { CliError } from './errors.ts';

const Cluster = z.looseObject({
  server: z.string(),
  'certificate-authority': z.string().optional(),
  'certificate-authority-data': z.string().optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
  'tls-server-name': z.string().optional(),
  'proxy-url': z.string().optional(),
});
const User = z.looseObject({
  'client-certificate': z.string().optional(),
  'client-certificate-data': z.string().optional(),
  'client-key': z.string().optional(),
  'client-key-data': z.string().optional(),
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  exec: z.looseObject({ command: z.string() }).optional(),
  'auth-provider': z.unknown().optional(),
});
const Context = z.looseObject({ cluster: z.string(), user: z.string().default('') });
const Kubeconfig = z.looseObject({
  'current-context': z.string().nullish(),
  clusters: z.array(z.looseObject({ name: z.string(), cluster: Cluster })).nullish(),
  users: z.array(z.looseObject({ name: z.string(), user: User.nullish() })).nullish(),
  contexts: z.array(z.looseObject({ name: z.string(), context: Context })).nullish(),
});
type Cluster = z.infer<typeof Cluster>;
type User = z.infer<typeof User>;

/** Which API servers kubeconfig files know, and as whom to ask them. */
export interface KnownContexts {
  /** Names, in the files' order. */
  readonly names: readonly string[];
  /** The one that is used where none is named. */
  readonly current: string | undefined;
  /** @throws {@link CliError} `KUBECONFIG_INVALID`, where the context names a cluster that is not there. */
  readonly find: (name: string) => Access | undefined;
}

/** One API server as one user. */
export interface Access {
  readonly context: string;
  readonly server: string;
  /** What a request is made with; what may have ended since the last one is read or asked for again. */
  readonly options: () => Promise<RequestOptions>;
  /** Whether requests go through a proxy, for which the options have an agent. */
  readonly isProxied: boolean;
}

/** Files that the user's own kubectl reads: those of `KUBECONFIG` that exist, or `~/.kube/config`. */
export function userKubeconfigs(env: NodeJS.ProcessEnv = process.env): readonly string[] {
  const named = env['KUBECONFIG']?.split(delimiter).filter((file) => file !== '') ?? [];
  return (named.length > 0 ? named : [join(homedir(), '.kube/config')]).filter((file) => existsSync(file));
}

/** Reads kubeconfig files; the first that has a name wins, as with kubectl. @throws {@link CliError} `KUBECONFIG_INVALID` */
export function readKubeconfigs(files: readonly string[]): KnownContexts {
  const read = files.map(readFileOf);
  const contexts = byName(read.flatMap(({ contexts }) => contexts ?? []));
  const clusters = byName(read.flatMap(({ clusters }) => clusters ?? []));
  const users = byName(read.flatMap(({ users }) => users ?? []));
  return {
    names: [...contexts.keys()],
    current: read.map((file) => file['current-context'] ?? '').find((name) => name !== ''),
    find(name) {
      const context = contexts.get(name)?.context;
      if (context === undefined) return undefined;
      const cluster = clusters.get(context.cluster)?.cluster;
      if (cluster !== undefined) return accessOf(name, cluster, users.get(context.user)?.user ?? {});
      throw invalid(files.join(', '), `context ${name} names cluster ${context.cluster}, which is not there`);
    },
  };
}

function readFileOf(file: string): z.infer<typeof Kubeconfig> {
  let content: unknown;
  try {
    const text = readFileSync(file, 'utf8');
    // Local clusters' are JSON, which is read much faster so than as YAML.
    content = text.startsWith('{') ? JSON.parse(text) : parse(text);
  } catch (cause) {
    throw invalid(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
  const { data, error } = Kubeconfig.safeParse(content ?? {});
  if (error !== undefined) throw invalid(file, z.prettifyError(error), error);
  const folder = dirname(file);
  return {
    ...data,
    clusters: data.clusters?.map((each) => ({ ...each, cluster: absolute(each.cluster, folder, clusterPaths) })),
    users: data.users?.map((each) => ({ ...each, user: absolute(each.user ?? {}, folder, userPaths) })),
  };
}

const clusterPaths = ['certificate-authority'] as const;
const userPaths = ['client-certificate', 'client-key', 'tokenFile'] as const;

/** With the paths under these keys, which start from the file's folder, made absolute. */
function absolute<K extends string, T extends { readonly [key in K]?: string | undefined }>(
  given: T,
  folder: string,
  keys: readonly K[],
): T {
  const paths = keys.flatMap((key) => (given[key] === undefined ? [] : [[key, resolve(folder, given[key])] as const]));
  return { ...given, ...Object.fromEntries(paths) };
}

function invalid(file: string, what: string, cause?: unknown): CliError {
  return new CliError('KUBECONFIG_INVALID', `reading ${file}: ${what}`, {
    hint: '`kubectl config view` reads the same file; --context names another context',
    cause,
  });
}

function byName<T extends { readonly name: string }>(all: readonly T[]): ReadonlyMap<string, T> {
  const first = new Map<string, T>();
  for (const each of all) if (!first.has(each.name)) first.set(each.name, each);
  return first;
}

function accessOf(context: string, cluster: Cluster, user: User): Access {
  const isProxied = cluster['proxy-url'] !== undefined;
  const isAsked = isProxied || user.exec !== undefined || user['auth-provider'] !== undefined;
  return {
    context,
    server: cluster.server,
    isProxied,
    options: once(isAsked ? () => libraryOptions(context, cluster, user) : () => plainOptions(cluster, user)),
  };
}

type Options = () => Promise<RequestOptions>;

/** Made ready at the first call. */
function once(make: () => Promise<Options>): Options {
  let made: Promise<Options> | undefined;
  return async () => (await (made ??= make()))();
}

async function plainOptions(cluster: Cluster, user: User): Promise<Options> {
  const [ca, cert, key] = await Promise.all([
    pem(cluster['certificate-authority-data'], cluster['certificate-authority']),
    pem(user['client-certificate-data'], user['client-certificate']),
    pem(user['client-key-data'], user['client-key']),
  ]);
  const { token, tokenFile, username, password } = user;
  const always: RequestOptions = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(cluster['tls-server-name'] === undefined ? {} : { servername: cluster['tls-server-name'] }),
    ...(cluster['insecure-skip-tls-verify'] === true ? { rejectUnauthorized: false } : {}),
    ...(username === undefined ? {} : { auth: `${username}:${password ?? ''}` }),
  };
  return async () => {
    // The file wins, and is read again: what writes it replaces a token before it ends.
    const bearer = tokenFile === undefined ? token : (await readFile(tokenFile, 'utf8')).trim();
    return bearer === undefined ? always : { ...always, headers: { Authorization: `Bearer ${bearer}` } };
  };
}

async function pem(data: string | undefined, file: string | undefined): Promise<string | undefined> {
  if (data !== undefined) return Buffer.from(data, 'base64').toString();
  return file === undefined ? undefined : readFile(file, 'utf8');
}

/** Plugins, providers and proxies are Kubernetes' own client's, which takes longer to load than all else that a command needs. */
async function libraryOptions(name: string, cluster: Cluster, user: User): Promise<Options> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromString(
    JSON.stringify({
      'current-context': name,
      contexts: [{ name, context: { cluster: name, user: name } }],
      clusters: [{ name, cluster }],
      users: [{ name, user }],
    }),
  );
  return async () => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    return options;
  };
}
