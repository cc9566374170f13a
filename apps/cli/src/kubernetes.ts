import { existsSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request, type RequestOptions } from 'node:https';
import type { Layout } from '@gatefleet/local-cluster';
import { CliError } from './errors.ts';
import { readKubeconfigs, userKubeconfigs, type Access, type KnownContexts } from './kubeconfig.ts';

/** One API server as one user. */
export interface Kubernetes {
  /** Name of the context in the kubeconfig. */
  readonly context: string;
  readonly server: string;
  readonly credentials: {
    readonly ca?: string | undefined;
    readonly cert?: string | undefined;
    readonly key?: string | undefined;
  };
  /** The bearer token where one is the credential, fresh at each call; a kubeconfig's `exec` plugin is run for it. */
  token(): Promise<string | undefined>;
  /** GET of an API path. @throws {@link CliError} `COMMAND_FAILED` with the server's words; `TIMED_OUT` */
  read(path: string, signal?: AbortSignal): Promise<unknown>;
  /** As {@link read}, for what is no JSON, such as logs. */
  readText(path: string, signal?: AbortSignal): Promise<string>;
  /** Makes the object at the collection's path, and gives it as the server made it. @throws as {@link read} */
  create(path: string, body: object, signal?: AbortSignal): Promise<unknown>;
  /** Merges into the object, and gives it as it is then. @throws as {@link read} */
  patch(path: string, change: object, signal?: AbortSignal): Promise<unknown>;
  /** Deletes the object; one that is gone already is no error. @throws as {@link read} */
  remove(path: string, signal?: AbortSignal): Promise<void>;
}

const requestTimeoutMs = 20_000;

/** Opens the API server of a context; without a name the local cluster's. */
export type OpenKubernetes = (context?: string) => Promise<Kubernetes>;

/**
 * Opens an API server: the context of that name, in the local cluster's kubeconfig or the user's own; without a name the local cluster.
 *
 * @throws {@link CliError} `NOT_RUNNING` without a local cluster, `CONTEXT_UNKNOWN`.
 */
export async function openKubernetes(layout: Layout, context?: string): Promise<Kubernetes> {
  return kubernetesOpener(layout)(context);
}

/** {@link openKubernetes} for many contexts: the files are read once. */
export function kubernetesOpener({ kubeconfig }: Layout): OpenKubernetes {
  const local = existsSync(kubeconfig) ? readKubeconfigs([kubeconfig]) : undefined;
  let users: KnownContexts | undefined;
  return async (context) => {
    if (context === undefined) {
      const own = local?.current === undefined ? undefined : local.find(local.current);
      if (own !== undefined) return connect(own);
      throw new CliError('NOT_RUNNING', `reading ${kubeconfig}: no cluster has been started here`, {
        hint: 'start one with `npm run up`, or name a context of your kubeconfig with --context',
      });
    }
    const found = local?.find(context) ?? (users ??= readKubeconfigs(userKubeconfigs())).find(context);
    if (found !== undefined) return connect(found);
    const known = [...(local?.names ?? []), ...(users?.names ?? [])];
    throw new CliError('CONTEXT_UNKNOWN', `connecting to Kubernetes: no kubeconfig has a context ${context}`, {
      hint: `there are ${known.join(', ') || 'none'}; \`kubectl config rename-context\` gives one this name`,
    });
  };
}

/** A command asks one API server many things. Connections of different credentials are kept apart. */
const connections = new Agent({ keepAlive: true, maxSockets: 8 });

async function connect({ context, server, options: optionsNow, isProxied }: Access): Promise<Kubernetes> {
  const given = await optionsNow();
  // Node takes many forms; these come as text or bytes.
  const text = (value: unknown) =>
    typeof value === 'string' || value instanceof Uint8Array ? Buffer.from(value).toString() : undefined;

  async function ask(asked: Asked, signal: AbortSignal | undefined): Promise<string> {
    const { method, doing, path, body, type = 'application/json', also } = asked;
    const limit = AbortSignal.timeout(requestTimeoutMs);
    const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
    const options = await optionsNow();
    const agent = isProxied ? options.agent : connections;
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const typed = sent === undefined ? {} : { 'Content-Type': type };
    const headers = { ...(options.headers as Record<string, string> | undefined), ...typed };
    try {
      const { status, text } = await send(
        new URL(path, server),
        { ...options, agent, method, headers, signal: either },
        sent,
      );
      if ((status >= 200 && status < 300) || status === also) return text;
      throw new CliError('COMMAND_FAILED', `${doing}: status ${status}: ${text.slice(0, 300)}`);
    } catch (cause) {
      if (cause instanceof CliError || signal?.aborted === true) throw cause;
      if (limit.aborted)
        throw new CliError('TIMED_OUT', `${doing}: no answer in ${requestTimeoutMs / 1000} s`, { cause });
      throw new CliError('NOT_RUNNING', `${doing} at ${server}: ${cause instanceof Error ? cause.message : ''}`, {
        hint: 'is the cluster running? `gatefleet status` tells',
        cause,
      });
    }
  }

  return {
    context,
    server,
    credentials: { ca: text(given.ca), cert: text(given.cert), key: text(given.key) },
    async token() {
      const { headers } = await optionsNow();
      const header = (headers as Record<string, string> | undefined)?.['Authorization'];
      return header?.startsWith('Bearer ') === true ? header.slice('Bearer '.length) : undefined;
    },
    read: async (path, signal) =>
      JSON.parse(await ask({ method: 'GET', doing: `reading ${path}`, path }, signal)) as unknown,
    readText: (path, signal) => ask({ method: 'GET', doing: `reading ${path}`, path }, signal),
    create: async (path, body, signal) =>
      JSON.parse(await ask({ method: 'POST', doing: `making an object at ${path}`, path, body }, signal)) as unknown,
    patch: async (path, body, signal) => {
      const type = 'application/merge-patch+json';
      const asked = { method: 'PATCH', doing: `changing ${path}`, path, body, type } as const;
      return JSON.parse(await ask(asked, signal)) as unknown;
    },
    async remove(path, signal) {
      await ask({ method: 'DELETE', doing: `deleting ${path}`, path, also: 404 }, signal);
    },
  };
}

interface Asked {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** What is under way, for messages. */
  readonly doing: string;
  readonly path: string;
  readonly body?: object;
  /** Of the body. Default: JSON. */
  readonly type?: string;
  /** A status beside 2xx that is an answer. */
  readonly also?: number;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends a request; what only reads, once more when a kept connection turns out to be closed. */
function send(url: URL, options: RequestOptions, body: string | undefined): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options, (response) => {
      textOf(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = outgoing.reusedSocket && error.code === 'ECONNRESET' && options.method === 'GET';
      if (isStale) send(url, options, body).then(resolve, reject);
      else reject(error);
    });
    outgoing.end(body);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of response.setEncoding('utf8') as AsyncIterable<string>) text += part;
  return text;
}
