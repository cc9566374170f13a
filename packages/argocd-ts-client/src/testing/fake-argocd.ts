import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Application } from '../applications.ts';

export interface FakeOptions {
  /** PEM of the server; without it, it speaks plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Streams are written in pieces of so many bytes. */
  readonly pieceBytes?: number;
}

type Change = { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly application: Application };

const token = 'token-1';
const kubernetesPath = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';

/**
 * A fake of two protocols over one set of applications in memory: Argo CD's API server, and the Kubernetes API for the Application
 * resource. It is no Argo CD: nothing is compared or synced but by a test's `update`. What it answers was taken from Argo CD 3.5's
 * sources and from Kubernetes' API conventions.
 */
export class FakeArgoCd {
  readonly token = token;
  readonly #applications = new Map<string, Application>();
  readonly #streams = new Map<ServerResponse, (change: Change) => void>();
  readonly #server: Server;
  readonly #scheme: string;
  readonly #pieceBytes: number;
  readonly #failures: { status: number; body: unknown }[] = [];
  readonly #changes: Change[] = [];
  #version = 100;
  /** Versions before this one are gone from the Kubernetes watch. */
  #oldestVersion = 0;
  /** Every request, as `METHOD path?query`. */
  readonly requests: string[] = [];

  constructor({ tls, pieceBytes = 7 }: FakeOptions = {}) {
    const serve: RequestListener = (request, response) => void this.#serve(request, response);
    this.#server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
    this.#scheme = tls === undefined ? 'http' : 'https';
    this.#pieceBytes = pieceBytes;
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this.address;
  }

  get address(): string {
    return `${this.#scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /** Sets an application as a controller or a user would; the version goes up. */
  put(name: string, application: Application): Application {
    const isNew = !this.#applications.has(name);
    const metadata = { ...application.metadata, name, namespace: 'argocd', resourceVersion: String(++this.#version) };
    const stored = { ...application, metadata };
    this.#applications.set(name, stored);
    this.#tell({ type: isNew ? 'ADDED' : 'MODIFIED', application: stored });
    return stored;
  }

  update(name: string, change: (application: Application) => Application): Application {
    return this.put(name, change(this.read(name)));
  }

  read(name: string): Application {
    const application = this.#applications.get(name);
    if (application === undefined) throw new Error(`the fake has no application ${name}`);
    return application;
  }

  remove(name: string): void {
    const application = this.read(name);
    this.#applications.delete(name);
    this.#tell({
      type: 'DELETED',
      application: { ...application, metadata: { ...application.metadata, resourceVersion: String(++this.#version) } },
    });
  }

  /** The next request is answered so. */
  failNext(status: number, body: unknown): void {
    this.#failures.push({ status, body });
  }

  /** What happens meanwhile is told on no stream that is open. */
  silently(meanwhile: () => void): void {
    const open = [...this.#streams];
    this.#streams.clear();
    meanwhile();
    for (const [response, tell] of open) this.#streams.set(response, tell);
  }

  get openStreams(): number {
    return this.#streams.size;
  }

  /**
   * Cuts every open stream, in the middle of a line. What happens while `meanwhile` runs is told on no stream that is open then; a
   * Kubernetes watch can go on from before it only when it `remembers`.
   */
  cutStreams(meanwhile: () => void, { remembers = false } = {}): void {
    const cut = [...this.#streams.keys()];
    this.#streams.clear();
    for (const response of cut) response.write('{"type":"MODI');
    meanwhile();
    if (!remembers) this.#oldestVersion = this.#version;
    for (const response of cut) response.destroy();
  }

  /** Writes a raw line on every open stream. */
  writeLine(value: unknown): void {
    for (const response of this.#streams.keys()) response.write(`${JSON.stringify(value)}\n`);
  }

  #tell(change: Change): void {
    this.#changes.push(change);
    for (const tell of this.#streams.values()) tell(change);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests.push(`${request.method} ${request.url}`);
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    const failure = this.#failures.shift();
    const url = new URL(request.url ?? '/', 'http://fake');
    if (failure !== undefined) return send(response, failure.status, failure.body);
    if (url.pathname === '/api/version') return send(response, 200, { Version: 'v3.5.7+abc' });
    if (url.pathname === '/api/v1/session' && request.method === 'POST') {
      if (body.password === 'right') return send(response, 200, { token });
      return send(response, 401, {
        error: 'Invalid username or password',
        code: 16,
        message: 'Invalid username or password',
      });
    }
    const isKubernetes = url.pathname.startsWith(kubernetesPath);
    if (request.headers.authorization !== `Bearer ${token}`) {
      const argo = { error: 'no session information', code: 16, message: 'no session information' };
      return send(response, 401, isKubernetes ? { kind: 'Status', message: 'Unauthorized', code: 401 } : argo);
    }
    if (isKubernetes) this.#kubernetes(request.method, url, body, response);
    else this.#argo(request.method, url, body, response);
  }

  #argo(method: string | undefined, url: URL, body: Record<string, unknown>, response: ServerResponse): void {
    if (url.pathname === '/api/v1/session/userinfo')
      return send(response, 200, { loggedIn: true, username: 'admin', groups: ['ops'] });
    if (url.pathname === '/api/v1/stream/applications') {
      const wanted = this.#selected(url, 'projects', url.searchParams.get('name'));
      return this.#stream(
        response,
        wanted,
        (change) => ({ result: change }),
        this.#all(wanted).map((application) => ({ type: 'ADDED', application })),
      );
    }
    if (url.pathname === '/api/v1/applications') {
      const items = this.#all(this.#selected(url, 'projects', null));
      return send(response, 200, { items: items.length === 0 ? null : items, metadata: {} });
    }
    const name = decodeURIComponent(url.pathname.split('/')[4] ?? '');
    const application = this.#applications.get(name);
    if (application === undefined) {
      const message = `applications.argoproj.io "${name}" not found`;
      return send(response, 404, { error: message, code: 5, message });
    }
    if (method === 'GET') {
      if (!url.searchParams.has('refresh')) return send(response, 200, application);
      return send(response, 200, this.refresh(name));
    }
    if (method === 'PATCH') return send(response, 200, this.#patch(name, JSON.parse(String(body['patch'])) as object));
    const isRollback = url.pathname.endsWith('/rollback');
    if (isRollback && application.spec?.syncPolicy?.automated !== undefined) {
      const message = 'rollback cannot be initiated when auto-sync is enabled';
      return send(response, 400, { error: message, code: 9, message });
    }
    if (application.operation !== undefined) {
      const message = 'another operation is already in progress';
      return send(response, 400, { error: message, code: 9, message });
    }
    if (isRollback) {
      const deployment = application.status?.history?.find(({ id }) => id === body['id']);
      if (deployment !== undefined) {
        const { revision = '' } = deployment;
        return send(response, 200, this.#startSync(name, { sync: { prune: body['prune'] === true, revision } }));
      }
      const message = `application ${name} does not have deployment with id ${String(body['id'])}`;
      return send(response, 400, { error: message, code: 3, message });
    }
    const { prune, revision } = body as { prune: boolean; revision?: string };
    send(response, 200, this.#startSync(name, { sync: { prune, ...(revision && { revision }) } }));
  }

  #kubernetes(method: string | undefined, url: URL, body: Record<string, unknown>, response: ServerResponse): void {
    const name = decodeURIComponent(url.pathname.slice(kubernetesPath.length + 1));
    if (name === '') {
      const only = /^metadata\.name=(.*)$/.exec(url.searchParams.get('fieldSelector') ?? '')?.[1] ?? null;
      const wanted = this.#selected(url, 'none', only);
      if (url.searchParams.get('watch') !== 'true') {
        return send(response, 200, { items: this.#all(wanted), metadata: { resourceVersion: String(this.#version) } });
      }
      const from = Number(url.searchParams.get('resourceVersion'));
      if (from < this.#oldestVersion) {
        const gone = { type: 'ERROR', object: { kind: 'Status', code: 410, message: 'too old resource version' } };
        response.writeHead(200, { 'content-type': 'application/json' }).end(`${JSON.stringify(gone)}\n`);
        return;
      }
      const missed = this.#changes.filter(({ application }) => Number(application.metadata?.resourceVersion) > from);
      return this.#stream(response, wanted, ({ type, application }) => ({ type, object: application }), missed);
    }
    const application = this.#applications.get(name);
    if (application === undefined) {
      return send(response, 404, {
        kind: 'Status',
        code: 404,
        message: `applications.argoproj.io "${name}" not found`,
      });
    }
    if (method === 'GET') return send(response, 200, application);
    const patch = body as Partial<Application>;
    const expected = patch.metadata?.resourceVersion;
    if (expected !== undefined && expected !== application.metadata?.resourceVersion) {
      return send(response, 409, { kind: 'Status', code: 409, message: 'the object has been modified' });
    }
    if (patch.operation !== undefined) return send(response, 200, this.#startSync(name, patch.operation));
    const asked = this.#patch(name, patch);
    send(response, 200, asked);
    if (asked.metadata?.annotations?.['argocd.argoproj.io/refresh'] === undefined) return;
    setImmediate(() => this.#applications.has(name) && this.refresh(name));
  }

  /** What a controller does on a refresh; a test replaces it. */
  refresh: (name: string) => Application = (name) =>
    this.update(name, ({ metadata = {}, ...rest }) => {
      const { 'argocd.argoproj.io/refresh': _, ...annotations } = metadata.annotations ?? {};
      return { ...rest, metadata: { ...metadata, annotations } };
    });

  #patch(name: string, patch: object): Application {
    return this.update(name, (current) => merged(current, patch) as Application);
  }

  #startSync(name: string, operation: NonNullable<Application['operation']>): Application {
    return this.update(name, (current) => {
      const { operationState: _, ...status } = current.status ?? {};
      return { ...current, operation, status };
    });
  }

  #selected(url: URL, projectsParameter: string, name: string | null): (application: Application) => boolean {
    const projects = url.searchParams.getAll(projectsParameter);
    const selector = (url.searchParams.get('selector') ?? url.searchParams.get('labelSelector') ?? '').split('=');
    return ({ metadata, spec }) =>
      (name === null || metadata?.name === name) &&
      (projects.length === 0 || projects.includes(spec?.project ?? '')) &&
      (selector[1] === undefined || metadata?.labels?.[selector[0] ?? ''] === selector[1]);
  }

  #all(wanted: (application: Application) => boolean): Application[] {
    return [...this.#applications.values()].filter(wanted);
  }

  #stream(
    response: ServerResponse,
    wanted: (application: Application) => boolean,
    line: (change: Change) => unknown,
    first: readonly Change[],
  ): void {
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    const tell = (change: Change): void => {
      if (!wanted(change.application)) return;
      const bytes = Buffer.from(`${JSON.stringify(line(change))}\n`);
      for (let i = 0; i < bytes.length; i += this.#pieceBytes) response.write(bytes.subarray(i, i + this.#pieceBytes));
    };
    first.forEach(tell);
    this.#streams.set(response, tell);
    response.once('close', () => this.#streams.delete(response));
  }
}

/** @see RFC 7386 */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const changes = new Map(Object.entries(patch));
  const before = Object.entries((target ?? {}) as Record<string, unknown>);
  const kept = before.filter(([key]) => !changes.has(key));
  const set = [...changes].filter(([, value]) => value !== null);
  const known = new Map(before);
  return Object.fromEntries([...kept, ...set.map(([key, value]) => [key, merged(known.get(key), value)] as const)]);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(typeof body === 'string' ? body : JSON.stringify(body));
}
