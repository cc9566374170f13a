import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { Server, Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startGitRemote } from '@gatefleet/git-remote';
import { processCriMain, type RuntimeConfigInput } from '@gatefleet/process-cri';
import { KubeConfig } from '@kubernetes/client-node';
import { pino, type Logger } from 'pino';
import { addressesOf, peerName, ports, type Addresses } from '../addresses.ts';
import { provisioner } from '../controllers/local-folder.ts';
import { runControllers } from '../controllers/run.ts';
import { ClusterError } from '../errors.ts';
import { criSocket, layoutOf, networkGate, type Layout } from '../layout.ts';
import { applyRuleset } from '../network-policy/apply-ruleset.ts';
import { enforcePolicies } from '../network-policy/enforce.ts';
import { createCredentials, type Credentials } from '../pki/credentials.ts';
import { runComponent, type Component } from './component.ts';
import { corefile, kubeletConfiguration, kubeProxyConfiguration, pebbleConfiguration } from './configuration.ts';
import { forward } from './forward.ts';
import { answerForPublicCas } from './public-acme.ts';
import { listenInside } from './listen-inside.ts';
import { kubernetesComponents, type ComponentContext } from './kubernetes-components.ts';
import { configureNetwork, coverSystemFolders, shareMounts } from './namespace.ts';
import { outsideComponents } from './outside-components.ts';
import type { HostListener, SupervisorMessage, SupervisorSpec } from './spec.ts';
import { startInOrder, type Step } from './start-order.ts';

const run = promisify(execFile);

/**
 * Brings the cluster up inside the namespaces that this process was started in. Resolves when every component is ready.
 *
 * @param listeners - sockets on the host's loopback, handed over by the launcher.
 * @throws {@link ClusterError} `COMPONENT_FAILED`
 */
export async function supervise(
  spec: SupervisorSpec,
  listeners: ReadonlyMap<HostListener, Server>,
  tell: (message: SupervisorMessage) => void,
  signal: AbortSignal,
): Promise<void> {
  const layout = layoutOf(spec.root);
  const addresses = addressesOf(spec.index);
  const nodes = addresses.nodes(spec.nodes);
  await mkdir(layout.logs, { recursive: true, mode: 0o700 });
  const log = pino({ base: null }, pino.destination({ dest: join(layout.logs, 'supervisor.log'), mode: 0o600 }));
  const program = (name: string): string => {
    const path = spec.programs[name];
    if (path === undefined)
      throw new ClusterError('PROGRAM_MISSING', `starting ${name}: the launcher gave no path for it`);
    return path;
  };

  await coverSystemFolders(nodes);
  await shareMounts(layout.root);
  await configureNetwork(addresses, nodes);
  const credentials = await createCredentials(layout, spec.name, addresses, nodes, spec.apiServerPort);
  await writeConfiguration(spec, addresses, layout, credentials);

  const context: ComponentContext = {
    layout,
    addresses,
    nodes,
    credentials,
    program,
    configFile: (name) => join(layout.config, name),
    runtime: { node: process.execPath, main: processCriMain, compileCache: spec.compileCache },
  };
  const steps: readonly (Component | Task)[] = [
    ...kubernetesComponents(context),
    ...outsideComponents(context),
    {
      name: 'cluster policy',
      after: ['kube-apiserver'],
      task: () => applyPolicy(context, spec.storageClasses, signal),
    },
    { name: 'network policies', after: ['cluster policy'], task: () => enforce(context, log, signal) },
  ];
  const ready = startInOrder(
    steps,
    (component, onReady) =>
      'task' in component
        ? component.task().then(onReady)
        : runComponent(component, {
            logFile: join(layout.logs, `${component.name.replaceAll(' ', '-')}.log`),
            signal,
            onReady,
            onExit: (exit) => {
              log.warn({ component: component.name, exit }, 'a component ended; starting it again');
              tell({ kind: 'component', event: 'exited', name: component.name, detail: exit });
            },
          }),
    (event) => {
      tell({ kind: 'component', event: event.kind, name: event.name });
    },
  );
  await Promise.race([ready, abortion(signal)]);

  const controllers = runControllers(
    credentials.kubeconfigOf('local-cluster'),
    addresses,
    spec.storageClasses,
    layout,
    log,
    signal,
  );
  await writeFile(layout.acmeRoot, await acmeRoot(addresses, credentials, signal));
  await answerForPublicCas(addresses, credentials, signal);

  const git = await startGitRemote({
    repository: layout.gitRepository,
    readable: { host: addresses.host, port: ports.git },
    writable: { user: 'gatefleet', password: spec.gitPassword },
    onPush: (refs) => {
      log.info({ refs }, 'received a push');
      controllers.refreshApplications().catch((error: unknown) => {
        log.warn({ error: String(error) }, 'could not tell Argo CD of a push; it looks by itself every three minutes');
      });
    },
  });
  signal.addEventListener('abort', () => void git.close(), { once: true });

  const apiServer = () => Promise.resolve({ host: addresses.host, port: ports.apiServer });
  await listenInside({ path: layout.apiSocket }, (server) => forward(server, apiServer), signal);
  for (const [i, { socket }] of spec.peers.entries()) {
    const at = { host: addresses.host, port: ports.firstPeer + i };
    await listenInside(at, (server) => forward(server, () => Promise.resolve({ path: socket })), signal);
  }

  const targets: Record<Exclude<HostListener, 'git'>, () => Promise<{ host: string; port: number }>> = {
    api: apiServer,
    http: () => Promise.resolve({ host: addresses.firstLoadBalancer, port: 80 }),
    https: () => Promise.resolve({ host: addresses.firstLoadBalancer, port: 443 }),
    argocd: async () => ({ host: await controllers.serviceAddress('argocd', 'argocd-server'), port: 443 }),
  };
  for (const [name, server] of listeners) {
    if (name === 'git')
      server.on('connection', (socket: Socket) => {
        git.writable.handle(socket);
      });
    else forward(server, targets[name]);
  }
}

async function writeConfiguration(
  spec: SupervisorSpec,
  addresses: Addresses,
  layout: Layout,
  credentials: Credentials,
): Promise<void> {
  const nodes = addresses.nodes(spec.nodes);
  const first = nodes[0];
  if (first === undefined) throw new Error('a cluster has at least one node');
  await mkdir(layout.config, { recursive: true, mode: 0o700 });
  const write = (name: string, content: object | string) =>
    writeFile(
      join(layout.config, name),
      typeof content === 'string' ? content : JSON.stringify(content, undefined, 2),
      {
        mode: 0o600,
      },
    );
  for (const node of nodes) {
    const files = layout.node(node.name);
    for (const folder of [files.kubelet, files.podLogs, files.runtime, files.volumes]) {
      await mkdir(folder, { recursive: true, mode: 0o755 });
    }
    const runtime: RuntimeConfigInput = {
      socket: criSocket(node.name),
      root: files.runtime,
      podCidr: node.podCidr,
      gateway: addresses.host,
      networkGate,
      catalogueFile: spec.catalogue,
      apiProto: spec.apiProto,
      runtime: {
        name: spec.programs['crun'] === undefined ? 'runc' : 'crun',
        path: spec.programs['crun'] ?? spec.programs['runc'] ?? 'runc',
      },
      conmon: spec.programs['conmon'] ?? 'conmon',
      ...(spec.programs['cri-streaming'] === undefined ? {} : { streaming: spec.programs['cri-streaming'] }),
      ids: spec.ids,
      // The launcher tells the user at once; each container's log says it again.
      allowSingleId: true,
      logLevel: 'info',
    };
    await write(`process-cri-${node.name}.json`, runtime);
    await write(`kubelet-${node.name}.json`, kubeletConfiguration(node, addresses, layout, credentials));
  }
  const peers = spec.peers.map(({ name }) => peerName(name));
  await write('kube-proxy.json', kubeProxyConfiguration(first, addresses, credentials));
  await write('Corefile', corefile(addresses, spec.zones, peers, credentials));
  await write('pebble.json', pebbleConfiguration(addresses, credentials));
}

/** Something that is done once, where a component goes on. */
interface Task extends Step {
  readonly task: () => Promise<void>;
}

/** The cluster's own RBAC and its StorageClass. */
async function applyPolicy(
  { program, credentials, configFile }: ComponentContext,
  storageClasses: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const folder = join(import.meta.dirname, '../../manifests');
  const kubeconfig = credentials.kubeconfigOf('admin');
  const apply = (...what: string[]) =>
    run(program('kubectl'), ['--kubeconfig', kubeconfig, 'apply', '--server-side', ...what], { signal });
  await apply('-k', folder);
  if (storageClasses.length === 0) return;
  const file = configFile('storage-classes.json');
  await writeFile(file, JSON.stringify(storageClassList(storageClasses)));
  await apply('-f', file);
}

function enforce({ addresses, nodes, credentials }: ComponentContext, log: Logger, signal: AbortSignal): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(credentials.kubeconfigOf('local-cluster'));
  return enforcePolicies({ config, addresses, nodes, gate: networkGate, apply: applyRuleset, log, signal });
}

/** What a cloud calls its disks is here one more name for a folder of the node. */
function storageClassList(names: readonly string[]): object {
  const items = names.map((name) => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
  }));
  return { apiVersion: 'v1', kind: 'List', items };
}

/** The root certificate of this run's Pebble, PEM; it makes a new one at each start. */
function acmeRoot(addresses: Addresses, credentials: Credentials, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    request(
      { host: addresses.host, port: ports.acmeManagement, path: '/roots/0', ca: credentials.authority, signal },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => {
          resolve(text);
        });
      },
    )
      .on('error', reject)
      .end();
  });
}

function abortion(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => {
      reject(new ClusterError('SUPERVISOR_FAILED', 'starting the cluster: broken off'));
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
}
