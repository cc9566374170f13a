import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureTools } from '@gatefleet/toolchain';
import { freePort, startProgram } from './program.ts';

export interface ApiServer {
  readonly url: string;
  /** PEM of what it shows. */
  readonly ca: string;
  /** Bearer token by user. */
  readonly tokens: ReadonlyMap<string, string>;
  /** Ends it as by a crash and starts it again at the same address; what it kept stays. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A Kubernetes API server with RBAC on loopback, with etcd below, and nothing else: no controllers, no nodes.
 * @param users - get a token each; `admin` may do everything, others what RBAC gives them.
 */
export async function startApiServer(users: readonly string[]): Promise<ApiServer> {
  const tools = await ensureTools(['etcd', 'kube-apiserver']);
  const folder = await mkdtemp(join(tmpdir(), 'gatefleet-api-server-'));
  const [port, clientPort, peerPort] = [await freePort(), await freePort(), await freePort()];
  const tokens = new Map(users.map((user) => [user, randomBytes(16).toString('hex')]));
  const tokenFile = [...tokens].map(
    ([user, token]) => `${token},${user},${user},${user === 'admin' ? 'system:masters' : ''}`,
  );
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
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

  return {
    url,
    ca: await readFile(join(folder, 'certs/apiserver.crt'), 'utf8'),
    tokens,
    async restart() {
      await server.stop('SIGKILL');
      server = await start();
    },
    async stop() {
      await server.stop('SIGKILL');
      await etcd.stop();
      await rm(folder, { recursive: true });
    },
  };
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
