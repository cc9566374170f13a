import { readFile } from 'node:fs/promises';
import { ArgoCdError, connectionErrorOf, errorOf } from '../errors.ts';
import { retryingFetch } from '../retry.ts';
import { createFetch, type Fetch, type Tls } from '../transport.ts';

export interface KubernetesOptions {
  /** Address of the Kubernetes API server. */
  readonly server: string;
  /** The cluster's CA, and the client certificate where one is the credential. */
  readonly tls?: Tls | undefined;
  /** A bearer token, or where to get a fresh one before each call. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>) | undefined;
  readonly fetch?: Fetch | undefined;
}

const contentTypes = {
  POST: 'application/json',
  PUT: 'application/json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
};

export interface KubernetesRequest {
  /** What is under way, for messages. */
  readonly what: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Absent: it reads. `merge` and `json` are kinds of PATCH. */
  readonly change?:
    | { readonly how: keyof typeof contentTypes; readonly body: object | readonly object[] }
    | { readonly how: 'DELETE' }
    | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Sends one request; anything but success is an ArgoCdError. */
export type KubernetesApi = (request: KubernetesRequest) => Promise<Response>;

export function kubernetesApi({ server, tls, token, fetch = createFetch(tls) }: KubernetesOptions): KubernetesApi {
  const send = retryingFetch(fetch);
  return async ({ what, path, query = {}, change, signal }) => {
    const url = new URL(server.replace(/\/+$/, '') + path);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    const headers = new Headers({ accept: 'application/json' });
    const init: RequestInit = { headers, signal: signal ?? null };
    if (change !== undefined) init.method = change.how === 'merge' || change.how === 'json' ? 'PATCH' : change.how;
    if (change !== undefined && 'body' in change) {
      headers.set('content-type', contentTypes[change.how]);
      init.body = JSON.stringify(change.body);
    }
    let response: Response;
    try {
      const current = typeof token === 'function' ? await token() : token;
      if (current !== undefined) headers.set('authorization', `Bearer ${current}`);
      response = await send(new Request(url, init));
    } catch (cause) {
      throw connectionErrorOf(what, cause, signal);
    }
    if (!response.ok) throw errorOf(what, response.status, bodyOf(await response.text()));
    return response;
  };
}

const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The API server of the cluster that this process is a Pod of, with the Pod's own account. The token is read before each call, since
 * kubelet renews it.
 *
 * @param environment - as the Pod has it. @throws ArgoCdError `UNAVAILABLE` outside a Pod.
 * @see https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 */
export async function inClusterKubernetes(
  environment: Readonly<Record<string, string | undefined>>,
  folder = accountFolder,
): Promise<KubernetesOptions> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = environment;
  if (host === undefined) {
    throw new ArgoCdError('UNAVAILABLE', 'looking for the own cluster: KUBERNETES_SERVICE_HOST is not set', {
      hint: 'outside a Pod, name the server and its credentials',
    });
  }
  try {
    const ca = await readFile(`${folder}/ca.crt`, 'utf8');
    return {
      server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
      tls: { ca },
      token: async () => (await readFile(`${folder}/token`, 'utf8')).trim(),
    };
  } catch (cause) {
    throw new ArgoCdError('UNAVAILABLE', `reading the Pod's service account in ${folder}`, {
      hint: 'the Pod needs automountServiceAccountToken',
      cause,
    });
  }
}

function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
