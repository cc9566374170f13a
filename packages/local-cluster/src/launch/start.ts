import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ClusterError } from '../errors.ts';
import { layoutOf, type Layout } from '../layout.ts';
import type { SupervisorMessage, SupervisorSpec } from '../supervisor/spec.ts';
import { openListeners, preferredPorts, type HostListeners } from './listeners.ts';
import { checkIsolation } from './preflight.ts';
import { findRunning, startTimeOf, type RunningCluster } from './running.ts';
import { end, removeFolder } from './stop.ts';

/** What a cluster is started from. */
export interface StartOptions {
  /** Of the cluster, and of its context in the kubeconfig; `gatefleet` when left out. */
  readonly name?: string;
  /** Place among clusters side by side, 0 to 9; each has address ranges of its own. */
  readonly index?: number;
  /** DNS zones whose names all lead to the load balancer, beside `localhost`. */
  readonly zones?: readonly string[];
  /** Further names under which volumes are provided, such as a cloud's `gp3`. */
  readonly storageClasses?: readonly string[];
  /** Clusters beside it that its Argo CD is to reach, by name, and the folders of their files. */
  readonly peers?: readonly { readonly name: string; readonly root: string }[];
  /** Folder for all its files; removed and made anew. */
  readonly root: string;
  /** Names of the environments that it is for, kept in its note. */
  readonly environments: readonly string[];
  /** 1 to 9. */
  readonly nodes: number;
  /** Paths of the programs that it runs, by name. */
  readonly programs: Readonly<Record<string, string>>;
  readonly apiProto: string;
  /** Folder where Node keeps compiled code from one cluster to the next. */
  readonly compileCache: string;
  /** Written once the cluster's folder is there; returns the path of the catalogue. */
  readonly prepareCatalogue: (layout: Layout) => Promise<string>;
  /** Makes the bare repository that the git remote serves. */
  readonly prepareRepository: (layout: Layout) => Promise<void>;
  readonly onComponent: (event: 'starting' | 'ready' | 'exited', name: string, detail?: string) => void;
  readonly signal: AbortSignal;
}

/** A cluster that runs, and what leads to it. */
export interface StartedCluster {
  readonly layout: Layout;
  readonly running: RunningCluster;
  readonly ids: 'full' | 'single';
}

const mainFile = join(import.meta.dirname, '../supervisor/main.ts');

/**
 * Starts a cluster under one supervisor process that goes on when this process ends. If the signal aborts, or anything
 * fails, on the way, everything that was started is ended and removed.
 *
 * @throws {@link ClusterError} `ALREADY_RUNNING`, `NOT_LINUX`, `NAMESPACES_FORBIDDEN`, `PORT_IN_USE`, `COMPONENT_FAILED`
 */
export async function startCluster(options: StartOptions): Promise<StartedCluster> {
  const { root, programs, signal } = options;
  const layout = layoutOf(root);
  if ((await findRunning(root)) !== undefined) {
    throw new ClusterError('ALREADY_RUNNING', `starting a cluster in ${root}: one runs there`, {
      hint: 'end it with `gatefleet down`',
    });
  }
  const isolation = await checkIsolation(programs['unshare'] ?? 'unshare');
  await removeFolder(root);
  await mkdir(layout.logs, { recursive: true, mode: 0o700 });
  const catalogue = await options.prepareCatalogue(layout);
  await options.prepareRepository(layout);
  signal.throwIfAborted();

  const listeners = await openListeners(preferredPorts);
  const spec: SupervisorSpec = {
    name: options.name ?? 'gatefleet',
    index: options.index ?? 0,
    zones: [...(options.zones ?? [])],
    storageClasses: [...(options.storageClasses ?? [])],
    // Relative to the folder that the supervisor works in: an absolute path may be longer than a socket's may be.
    peers: (options.peers ?? []).map(({ name, root: peer }) => ({
      name,
      socket: relative(root, layoutOf(peer).apiSocket),
    })),
    root,
    nodes: options.nodes,
    ids: isolation.ids,
    programs,
    apiProto: options.apiProto,
    compileCache: options.compileCache,
    catalogue,
    apiServerPort: listeners.ports.api,
    gitPassword: randomBytes(24).toString('base64url'),
  };
  const specFile = join(root, 'supervisor.json');
  await writeFile(specFile, JSON.stringify(spec), { mode: 0o600 });
  await writeGitCredentials(layout, spec, listeners);

  const child = spawnSupervisor(layout, programs, isolation.unshare, specFile);
  const pid = child.pid;
  const startTime = pid === undefined ? undefined : await startTimeOf(pid);
  if (pid === undefined || startTime === undefined) {
    throw new ClusterError('SUPERVISOR_FAILED', 'starting the supervisor: it could not be started', {
      hint: `see ${layout.logs}/supervisor-output.log`,
    });
  }
  const running: RunningCluster = {
    holder: { pid, startTime },
    startedAt: new Date().toISOString(),
    nodes: options.nodes,
    environments: [...options.environments],
    ports: listeners.ports,
  };
  await writeFile(layout.state, `${JSON.stringify(running, undefined, 2)}\n`, { mode: 0o600 });
  try {
    await readiness(child, listeners, options, layout);
  } catch (error) {
    await end(running.holder);
    if (signal.aborted) await removeFolder(root);
    throw error;
  } finally {
    listeners.close();
    if (child.connected) child.disconnect();
    child.unref();
  }
  return { layout, running, ids: isolation.ids };
}

function spawnSupervisor(
  layout: Layout,
  programs: Readonly<Record<string, string>>,
  unshare: readonly string[],
  specFile: string,
): ChildProcess {
  const log = openSync(join(layout.logs, 'supervisor-output.log'), 'a', 0o600);
  try {
    return spawn(
      programs['unshare'] ?? 'unshare',
      [...unshare, programs['tini'] ?? 'tini', '--', process.execPath, mainFile, specFile],
      {
        // A session of its own: the terminal's Ctrl-C reaches the launcher alone, which then ends the cluster in order.
        detached: true,
        cwd: layout.root,
        stdio: ['ignore', log, log, 'ipc'],
      },
    );
  } finally {
    closeSync(log);
  }
}

function readiness(
  child: ChildProcess,
  listeners: HostListeners,
  options: StartOptions,
  layout: Layout,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (code: ClusterError['code'], message: string, hint?: string) => {
      reject(new ClusterError(code, message, hint === undefined ? {} : { hint }));
    };
    options.signal.addEventListener(
      'abort',
      () => {
        reject(options.signal.reason as Error);
      },
      { once: true },
    );
    child.once('exit', (code, name) => {
      fail(
        'SUPERVISOR_FAILED',
        `starting the cluster: its supervisor ended (${String(name ?? code)})`,
        `see ${layout.logs}/supervisor-output.log`,
      );
    });
    child.on('message', (message: SupervisorMessage) => {
      if (message.kind === 'listening') {
        for (const [name, server] of listeners.servers) child.send({ kind: 'listener', name }, server);
        child.send({ kind: 'complete' });
      } else if (message.kind === 'component') options.onComponent(message.event, message.name, message.detail);
      else if (message.kind === 'ready') resolve();
      else fail(message.code as ClusterError['code'], message.message, message.hint);
    });
  });
}

/** In the form of git-credential-store(1), so that git finds the password itself. */
async function writeGitCredentials(layout: Layout, spec: SupervisorSpec, { ports }: HostListeners): Promise<void> {
  await mkdir(join(layout.root, 'git'), { recursive: true, mode: 0o700 });
  await writeFile(layout.gitCredentials, `http://gatefleet:${spec.gitPassword}@127.0.0.1%3a${ports.git}\n`, {
    mode: 0o600,
  });
}
