import { connectionErrorOf, errorOf } from '../errors.ts';
import { createFetch, type Fetch, type Tls } from '../transport.ts';

export interface KubernetesOptions {
  /** Address of the Kubernetes API server. */
  readonly server: string;
  /** The cluster's CA, and the client certificate where one is the credential. */
  readonly tls?: Tls | undefined;
  /** A bearer token, or where to get a fresh one before each call. */
  readonly token?: string | (() => string | Promise<string>) | undefined;
  readonly fetch?: Fetch | undefined;
}

export interface KubernetesRequest {
  /** What is under way, for messages. */
  readonly what: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly mergePatch?: object;
  readonly signal?: AbortSignal | undefined;
}

/** Sends one request; anything but success is an ArgoCdError. */
export type KubernetesApi = (request: KubernetesRequest) => Promise<Response>;

export function kubernetesApi({ server, tls, token, fetch = createFetch(tls) }: KubernetesOptions): KubernetesApi {
  return async ({ what, path, query = {}, mergePatch, signal }) => {
    const url = new URL(server.replace(/\/+$/, '') + path);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    const headers = new Headers({ accept: 'application/json' });
    if (mergePatch !== undefined) headers.set('content-type', 'application/merge-patch+json');
    let response: Response;
    try {
      const current = typeof token === 'function' ? await token() : token;
      if (current !== undefined) headers.set('authorization', `Bearer ${current}`);
      const change = mergePatch === undefined ? {} : { method: 'PATCH', body: JSON.stringify(mergePatch) };
      response = await fetch(new Request(url, { headers, signal: signal ?? null, ...change }));
    } catch (cause) {
      throw connectionErrorOf(what, cause, signal);
    }
    if (!response.ok) throw errorOf(what, response.status, bodyOf(await response.text()));
    return response;
  };
}

function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
