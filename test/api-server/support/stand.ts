import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startPebble, type Pebble } from '@gatefleet/acme/testing';
import { ConsulKvStore } from '@gatefleet/consul-kv';
import {
  closedConsul,
  freePort,
  startApiServer,
  startConsul,
  startProgram,
  type ApiServer,
} from '@gatefleet/test-programs';
import { ensureTools } from '@gatefleet/toolchain';
import {
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  setHeaderOptions,
  type KubernetesObject,
} from '@kubernetes/client-node';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../../..');
const namespace = 'gatefleet';
/** Who the controller is to the API server, as its Pod would be. */
export const controllerUser = `system:serviceaccount:${namespace}:acme-controller`;

/** One controller with a store of its own. */
export interface Replica extends AsyncDisposable {
  readonly store: ConsulKvStore;
  output(): string;
}

/** A real API server with the rights of base/, Pebble, and the controller as the process that a Pod has. Nothing is faked but the gateway. */
export interface Stand extends AsyncDisposable {
  readonly server: ApiServer;
  readonly admin: KubernetesObjectApi;
  readonly pebble: Pebble;
  readonly folder: string;
  /**
   * Starts the controller with an empty Consul and an encryption key of its own. One at a time.
   * @param limits - of the CA, as environment.yaml has them
   */
  startReplica(limits?: object): Promise<Replica>;
  /** Runs `gatefleet` as an administrator, and gives what it printed. @throws with its output when it failed */
  gatefleet(...args: readonly string[]): Promise<string>;
  ordersAtCa(): number;
}

/** @param zones - that the environment may serve */
export async function startStand(zones: readonly string[]): Promise<Stand> {
  const tools = await ensureTools(['consul', 'pebble', 'pebble-challtestsrv', 'etcd', 'kube-apiserver']);
  const stack = new AsyncDisposableStack();
  try {
    const folder = await mkdtemp(join(tmpdir(), 'gatefleet-api-server-'));
    stack.defer(() => rm(folder, { recursive: true }));
    const [challengePort, statusPort] = [await freePort(), await freePort()];
    const [server, pebble] = await Promise.all([
      startApiServer(['admin', controllerUser]),
      startPebble({
        pebble: tools.pebble.path,
        challtestsrv: tools['pebble-challtestsrv'].path,
        http01Port: challengePort,
      }),
    ]);
    stack.defer(() => server.stop());
    stack.defer(() => pebble.stop());
    const adminFile = await writeKubeconfig(folder, server, 'admin');
    const controllerFile = await writeKubeconfig(folder, server, controllerUser);
    const config = new KubeConfig();
    config.loadFromFile(adminFile);
    const admin = KubernetesObjectApi.makeApiClient(config);
    for (const object of await clusterObjects(challengePort, statusPort)) await admin.create(object);
    await config.makeApiClient(CoreV1Api).patchNamespacedPodStatus(
      {
        ...podOf().metadata,
        body: { status: { phase: 'Running', podIP: ownAddress(), podIPs: [{ ip: ownAddress() }] } },
      },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );

    await mkdir(join(folder, 'config-maps/roots'), { recursive: true });
    await writeFile(join(folder, 'config-maps/roots/ca.crt'), pebble.caBundle);
    const policyFile = join(folder, 'certificate-policy.yaml');
    const program = (name: string) => join(root, 'apps', name, 'src/main.ts');
    return {
      server,
      admin,
      pebble,
      folder,
      async startReplica(limits = {}) {
        const own = new AsyncDisposableStack();
        const closed = await closedConsul(await mkdtemp(join(folder, 'consul-')));
        const { address } = own.use(await startConsul(closed));
        await closed.register([address]);
        await writeFile(policyFile, JSON.stringify(policyOf(zones, pebble.directoryUrl, limits)));
        const keyFile = join(folder, randomBytes(4).toString('hex'));
        await writeFile(keyFile, randomBytes(32).toString('base64'), { mode: 0o600 });
        const replica = await startProgram({
          name: 'controller',
          file: process.execPath,
          args: [program('acme-controller'), 'controller'],
          env: {
            KUBECONFIG: controllerFile,
            POD_NAME: 'acme-controller-0',
            GATEFLEET_CONSUL_ADDRESSES: address,
            GATEFLEET_CONSUL_CA_FILE: closed.caFile,
            GATEFLEET_CONSUL_TOKEN_FILE: closed.filesOf('leader').tokenFile,
            GATEFLEET_CONSUL_RESPONDER_TOKEN_FILE: closed.filesOf('responder').tokenFile,
            GATEFLEET_CERTIFICATE_POLICY_FILE: policyFile,
            GATEFLEET_ENCRYPTION_KEY_FILE: keyFile,
            GATEFLEET_GATEWAY_HTTP_PORT: String(challengePort),
            GATEFLEET_CHALLENGE_PORT: String(challengePort),
            GATEFLEET_STATUS_PORT: String(statusPort),
          },
          isReady: async () => (await fetch(`http://127.0.0.1:${statusPort}/readyz`)).ok,
        });
        own.use(replica);
        const store = new ConsulKvStore({ addresses: [address], ...closed.as() });
        return { store, output: replica.output, [Symbol.asyncDispose]: () => own.disposeAsync() };
      },
      async gatefleet(...args) {
        const env = { PATH: process.env['PATH'], KUBECONFIG: adminFile };
        return (await promisify(execFile)(process.execPath, [program('cli'), ...args, '--context', 'test'], { env }))
          .stdout;
      },
      ordersAtCa: () => pebble.output().split('Added order').length - 1,
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function writeKubeconfig(folder: string, server: ApiServer, user: string): Promise<string> {
  const caData = Buffer.from(server.ca).toString('base64');
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'test', server: server.url, caData, skipTLSVerify: false }],
    users: [{ name: user, token: server.tokens.get(user) }],
    contexts: [{ name: 'test', cluster: 'test', user }],
    currentContext: 'test',
  });
  const file = join(folder, `kubeconfig-${randomBytes(4).toString('hex')}`);
  await writeFile(file, config.exportConfig(), { mode: 0o600 });
  return file;
}

/** Namespaces, the controller's rights as they are deployed, its Service, and the gateways': where all are the controller itself. */
async function clusterObjects(challengePort: number, statusPort: number): Promise<readonly KubernetesObject[]> {
  const rights = ['clusterrole', 'clusterrolebinding', 'role', 'rolebinding'].map(async (name) => {
    const text = await readFile(join(root, `base/acme-controller/${name}.yaml`), 'utf8');
    const object = parse(text) as KubernetesObject & { subjects?: object[] };
    // As Kustomize sets it.
    Object.assign(object.metadata ?? {}, { namespace });
    for (const subject of object.subjects ?? []) Object.assign(subject, { namespace });
    return object;
  });
  const ports = (of: Readonly<Record<string, number>>) => Object.entries(of).map(([name, port]) => ({ name, port }));
  const slice = (service: string, of: Readonly<Record<string, number>>) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: service, namespace, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: ports(of),
    endpoints: [{ addresses: [ownAddress()], conditions: { ready: true } }],
  });
  const metadata = { name: 'acme-controller', namespace };
  const status = { status: statusPort };
  const pod = podOf();
  return [
    ...[namespace, 'shop', 'blog'].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    ...(await Promise.all(rights)),
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: ports(status) } } as KubernetesObject,
    slice('acme-controller', status),
    // The API server's proxy looks for a Service's Pods here, and goes to the addresses of Pods alone.
    {
      ...{ apiVersion: 'v1', kind: 'Endpoints', metadata },
      subsets: [
        { addresses: [{ ip: ownAddress(), targetRef: { kind: 'Pod', ...pod.metadata } }], ports: ports(status) },
      ],
    } as KubernetesObject,
    pod,
    slice('traefik', { web: challengePort, websecure: 8443 }),
  ];
}

/** What the controller's process stands for. */
function podOf() {
  const metadata = { name: 'acme-controller-0', namespace };
  const spec = { containers: [{ name: 'controller', image: 'acme-controller' }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec };
}

/** Of this machine, and no loopback: the API server takes none of those for an endpoint. Nothing leaves the machine. */
function ownAddress(): string {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const found = own.find(({ family, internal }) => family === 'IPv4' && !internal);
  if (found === undefined) throw new Error('this test needs an IPv4 address beside loopback');
  return found.address;
}

function policyOf(domains: readonly string[], directory: string, limits: object) {
  return {
    apiVersion: 'gatefleet.dev/v1alpha1',
    kind: 'CertificatePolicy',
    environment: 'test',
    domains,
    certificates: {
      issuers: [{ directory, caBundle: { configMap: 'roots', key: 'ca.crt' }, limits }],
      email: 'platform@example.com',
    },
  };
}
