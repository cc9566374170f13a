import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { Server, Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startGitRemote } from '@gatefleet/git-remote';
import { processCriMain, type RuntimeConfigInput } from '@gatefleet/process-cri';
import { pino } from 'pino';
import { addresses, ports } from '../addresses.ts';
import { runControllers } from '../controllers/run.ts';
import { ClusterError } from '../errors.ts';
import { criSocket, layoutOf, type Layout } from '../layout.ts';
import { createCredentials, type Credentials } from '../pki/credentials.ts';
import { runComponent, type Component } from './component.ts';
import { corefile, kubeletConfiguration, kubeProxyConfiguration, pebbleConfiguration } from './configuration.ts';
import { forward } from './forward.ts';
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
  await configureNetwork(nodes);
  const credentials = await createCredentials(layout, nodes, spec.apiServerPort);
  await writeConfiguration(spec, layout, credentials);

  const context: ComponentContext = {
    layout,
    nodes,
    credentials,
    program,
    configFile: (name) => join(layout.config, name),
    runtime: { node: process.execPath, main: processCriMain, compileCache: spec.compileCache },
  };
  const steps: readonly (Component | Task)[] = [
    ...kubernetesComponents(context),
    ...outsideComponents(context),
    { name: 'cluster policy', after: ['kube-apiserver'], task: () => applyPolicy(context, signal) },
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

  const controllers = runControllers(credentials.kubeconfigOf('local-cluster'), layout, log, signal);
  await writeFile(layout.acmeRoot, await acmeRoot(credentials, signal));

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

  const targets: Record<Exclude<HostListener, 'git'>, () => Promise<{ host: string; port: number }>> = {
    api: () => Promise.resolve({ host: addresses.host, port: ports.apiServer }),
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

async function writeConfiguration(spec: SupervisorSpec, layout: Layout, credentials: Credentials): Promise<void> {
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
    await write(`kubelet-${node.name}.json`, kubeletConfiguration(node, layout, credentials));
  }
  await write('kube-proxy.json', kubeProxyConfiguration(first, credentials));
  await write('Corefile', corefile(credentials));
  await write('pebble.json', pebbleConfiguration(credentials));
}

/** Something that is done once, where a component goes on. */
interface Task extends Step {
  readonly task: () => Promise<void>;
}

/** The cluster's own RBAC and its StorageClass. */
async function applyPolicy({ program, credentials }: ComponentContext, signal: AbortSignal): Promise<void> {
  const folder = join(import.meta.dirname, '../../manifests');
  const kubeconfig = credentials.kubeconfigOf('admin');
  await run(program('kubectl'), ['--kubeconfig', kubeconfig, 'apply', '--server-side', '-k', folder], { signal });
}

/** The root certificate of this run's Pebble, PEM; it makes a new one at each start. */
function acmeRoot(credentials: Credentials, signal: AbortSignal): Promise<string> {
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
