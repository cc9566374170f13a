import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureTools } from '@gatefleet/toolchain';
import { freePort } from './free-port.ts';
import { startProgram } from './program.ts';

export interface ApiServer {
  readonly url: string;
  /** PEM of what it shows. */
  readonly ca: string;
  /** Bearer token by user. */
  readonly tokens: ReadonlyMap<string, string>;
  /** What the user has asked so far and was answered, by its audit log: the oldest first. A watch is answered when it ends. */
  requests(user: string): Promise<readonly ApiRequest[]>;
  /** Ends it as by a crash and starts it again at the same address; what it kept stays. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface ApiRequest {
  /** Kubernetes' own: `create`, `list`, … */
  readonly verb: string;
  /** `ingresses/status` for one with a subresource; empty for what is none. */
  readonly resource: string;
  readonly name: string | undefined;
}

/** @see https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/ */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [{ level: 'Metadata' }],
};

/**
 * A Kubernetes API server with RBAC on loopback, with etcd below, and nothing else: no controllers, no nodes.
 * @param users - get a token each; `admin` may do everything, others what RBAC gives them.
 */
export async function startApiServer(users: readonly string[]): Promise<ApiServer> {
  const tools = await ensureTools(['etcd', 'kube-apiserver']);
  await using begun = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'gatefleet-api-server-'));
  begun.defer(() => rm(folder, { recursive: true }));
  const [port, clientPort, peerPort] = [await freePort(), await freePort(), await freePort()];
  const tokens = new Map(users.map((user) => [user, randomBytes(16).toString('hex')]));
  const tokenFile = [...tokens].map(
    ([user, token]) => `${token},${user},${user},${user === 'admin' ? 'system:masters' : ''}`,
  );
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const auditLog = join(folder, 'audit.log');
  await writeFile(join(folder, 'audit-policy.json'), JSON.stringify(auditPolicy));
  await writeFile(join(folder, 'tokens.csv'), tokenFile.join('\n'), { mode: 0o600 });
  await writeFile(join(folder, 'sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });

  const etcdUrl = `http://127.0.0.1:${clientPort}`;
  const etcd = await startProgram({
    name: 'etcd',
    file: tools.etcd.path,
    args: [
      `--data-dir=${join(folder, 'etcd')}`,
      '--unsafe-no-fsync',
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
      '--log-level=error',
    ],
    isReady: async () => (await fetch(`${etcdUrl}/health`)).ok,
  });
  begun.use(etcd);
  const url = `https://127.0.0.1:${port}`;
  const args = [
    `--etcd-servers=${etcdUrl}`,
    '--bind-address=127.0.0.1',
    // Only told to others, of whom there are none; a loopback address is not accepted here.
    '--advertise-address=192.0.2.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(folder, 'certs')}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    `--audit-policy-file=${join(folder, 'audit-policy.json')}`,
    `--audit-log-path=${auditLog}`,
    '--service-cluster-ip-range=10.255.0.0/24',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${join(folder, 'sa.key')}`,
    `--service-account-signing-key-file=${join(folder, 'sa.key')}`,
    '--disable-admission-plugins=ServiceAccount',
  ];
  const file = tools['kube-apiserver'].path;
  const isReady = async () => (await readyStatus(url, tokens.get('admin') ?? '')) === 200;
  const start = () => startProgram({ name: 'kube-apiserver', file, args, isReady });
  let server = await start();
  begun.defer(() => server.stop('SIGKILL'));
  const ca = await readFile(join(folder, 'certs/apiserver.crt'), 'utf8');
  const all = begun.move();

  return {
    url,
    ca,
    tokens,
    async requests(user) {
      const lines = (await readFile(auditLog, 'utf8')).split('\n').filter((line) => line !== '');
      return lines.map((line) => JSON.parse(line) as AuditEvent).flatMap((event) => requestOf(event, user));
    },
    async restart() {
      await server.stop('SIGKILL');
      server = await start();
    },
    stop: () => all.disposeAsync(),
  };
}

/** As far as it matters here. @see https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/ */
interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string; readonly name?: string };
}

function requestOf({ verb, user, objectRef = {} }: AuditEvent, wanted: string): readonly ApiRequest[] {
  if (user.username !== wanted) return [];
  const { resource, subresource, name } = objectRef;
  return [{ verb, resource: [resource, subresource].filter((part) => part !== undefined).join('/'), name }];
}

/** Its certificate is of its own making, and not there before it is. */
function readyStatus(url: string, token: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    get(`${url}/readyz`, { headers, rejectUnauthorized: false, timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).once('error', reject);
  });
}

/** A kind as paths of the API name it. @see https://kubernetes.io/docs/reference/using-api/api-concepts/#standard-api-terminology */
export function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  if (name.endsWith('y')) return `${name.slice(0, -1)}ies`;
  return name.endsWith('s') ? `${name}es` : `${name}s`;
}
