import { mkdirSync, realpathSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { planBundle } from '../bundle/plan-bundle.ts';
import { writeBundle } from '../bundle/write-bundle.ts';
import { prepareImage } from '../catalogue/image-layer.ts';
import { execSync } from '../engine/exec-sync.ts';
import { CriError } from '../errors.ts';
import { netnsPath } from '../network/pod-network.ts';
import type { Runtime } from '../runtime.ts';
import type { SandboxRecord } from '../state/records.ts';
import type { ContainerConfig, ContainerState, Labels, LinuxContainerResources, Mount } from './messages.ts';
import { mayMountIn } from './pod-paths.ts';
import type { Handler } from './server.ts';
import { containerMessage, containerState, containerStatusMessage, matchesLabels } from './status-messages.ts';

interface ContainerId {
  container_id: string;
}
interface ContainerFilter {
  id: string;
  state: { state: ContainerState } | null;
  pod_sandbox_id: string;
  label_selector: Labels;
}

export function containerCalls(runtime: Runtime): Record<string, Handler> {
  const { containers } = runtime;
  return {
    CreateContainer: async ({
      pod_sandbox_id: id,
      config,
    }: {
      pod_sandbox_id: string;
      config: ContainerConfig | null;
    }) => {
      if (config?.metadata == null)
        throw new CriError('INVALID_ARGUMENT', `creating a container in ${id}: it has no metadata`);
      return { container_id: await createContainer(runtime, runtime.sandboxes.require(id), config) };
    },
    StartContainer: async ({ container_id: id }: ContainerId) => {
      await containers.start(id);
      return {};
    },
    StopContainer: async ({ container_id: id, timeout }: ContainerId & { timeout: string }) => {
      await containers.stop(id, Number(timeout) * 1000);
      return {};
    },
    RemoveContainer: async ({ container_id: id }: ContainerId) => {
      await containers.remove(id);
      return {};
    },
    ListContainers: ({ filter }: { filter: ContainerFilter | null }) => ({
      containers: containers
        .list()
        .filter(
          (record) =>
            filter === null ||
            ((filter.id === '' || record.id.startsWith(filter.id)) &&
              (filter.pod_sandbox_id === '' || record.sandboxId === filter.pod_sandbox_id) &&
              (filter.state === null || containerState(record) === filter.state.state) &&
              matchesLabels(record.labels, filter.label_selector)),
        )
        .map(containerMessage),
    }),
    ContainerStatus: ({ container_id: id, verbose }: ContainerId & { verbose: boolean }) => {
      const record = containers.require(id);
      const info = { pid: String(record.pid), bundle: containers.bundle(id), notes: record.notes.join('\n') };
      return { status: containerStatusMessage(record), info: verbose ? info : {} };
    },
    UpdateContainerResources: ({
      container_id: id,
      linux,
    }: ContainerId & { linux: LinuxContainerResources | null }) => {
      if (linux !== null) containers.updateResources(id, linux);
      return {};
    },
    ReopenContainerLog: async ({ container_id: id }: ContainerId) => {
      if (containers.require(id).state !== 'RUNNING')
        throw new CriError('FAILED_PRECONDITION', `reopening the log of ${id}: it is not running`);
      await runtime.monitor.reopenLog(containers.bundle(id));
      return {};
    },
    ExecSync: async ({ container_id: id, cmd, timeout }: ContainerId & { cmd: string[]; timeout: string }) => {
      if (containers.require(id).state !== 'RUNNING')
        throw new CriError('FAILED_PRECONDITION', `running a command in ${id}: it is not running`);
      const outcome = await execSync(runtime.oci, {
        id,
        bundle: containers.bundle(id),
        command: cmd,
        timeoutMs: Number(timeout) * 1000,
      });
      return { stdout: outcome.stdout, stderr: outcome.stderr, exit_code: outcome.exitCode };
    },
  };
}

async function createContainer(runtime: Runtime, sandbox: SandboxRecord, asked: ContainerConfig): Promise<string> {
  const { config: settings, containers } = runtime;
  const name = asked.metadata?.name ?? '';
  if (!sandbox.ready)
    throw new CriError('FAILED_PRECONDITION', `creating container ${name}: its sandbox ${sandbox.id} is not ready`);
  if (asked.stdin && runtime.streaming === undefined) {
    throw new CriError('UNIMPLEMENTED', `creating container ${name}: standard input needs the streaming helper`, {
      hint: 'name it under streaming in the configuration of process-cri, or leave stdin unset',
    });
  }
  const image = prepareImage(runtime.catalogue.require(asked.image?.image ?? ''), runtime.layers);
  const config = { ...asked, mounts: asked.mounts.map(resolved) };
  const shm = runtime.sandboxes.shmFolder(sandbox.id);
  const mountPoints = (bundle: string) => join(bundle, 'mount-points');
  const plan = (bundle: string) =>
    planBundle({
      config,
      image,
      host: runtime.host,
      pod: {
        hostname: sandbox.hostname,
        netns: sandbox.network === undefined ? undefined : netnsPath(sandbox.network),
        sysctls: sandbox.containerSysctls,
        resolvConf: sandbox.resolvConf,
        hosts: hostsText(sandbox),
        shm,
      },
      ids: { range: settings.ids, allowSingle: settings.allowSingleId },
      mountPointLayer: mountPoints(bundle),
      mayMount: mayMountIn({ podUid: sandbox.metadata.uid, hostPaths: settings.hostPaths }),
    });
  const { user, notes, warning } = plan(containers.bundle('-'));
  for (const note of notes)
    runtime.log.warn({ pod: `${sandbox.metadata.namespace}/${sandbox.metadata.name}`, container: name }, note);
  return await containers.create(
    {
      sandboxId: sandbox.id,
      metadata: { name, attempt: asked.metadata?.attempt ?? 0 },
      image: image.reference,
      userSpecifiedImage: asked.image?.user_specified_image ?? '',
      imageId: image.id,
      labels: asked.labels,
      annotations: asked.annotations,
      mounts: asked.mounts,
      ...(asked.linux?.resources == null ? {} : { resources: asked.linux.resources }),
      user: { ...user, additionalGids: [...user.additionalGids] },
      logPath: logPath(sandbox.logDirectory, asked.log_path),
      tty: asked.tty,
      stdin: asked.stdin ? (asked.stdin_once ? 'once' : 'open') : 'none',
      stopSignal: asked.stop_signal,
      notes: [...notes],
      warning,
    },
    (bundle) => {
      mkdirSync(mountPoints(bundle), { mode: 0o755 });
      writeBundle(plan(bundle), bundle, mountPoints(bundle));
    },
  );
}

/** The CRI gives a folder for the Pod and a path in it for each container; without either there is no log. */
export function logPath(folder: string, path: string): string {
  if (path === '' || folder === '') return '';
  if (isAbsolute(path) || path.split('/').includes('..'))
    throw new CriError('INVALID_ARGUMENT', `creating a container: log path ${path} leaves its folder`);
  return join(folder, path);
}

function resolved(mount: Mount): Mount {
  if (mount.image !== null && mount.image.image !== '') return mount;
  try {
    return { ...mount, host_path: realpathSync(mount.host_path) };
  } catch (cause) {
    throw new CriError(
      'FAILED_PRECONDITION',
      `mounting ${mount.host_path} at ${mount.container_path}: it cannot be read`,
      { cause },
    );
  }
}

/** Until kubelet mounts its own over it, which it does for every Pod it starts. */
function hostsText({ hostname, network }: SandboxRecord): string {
  return `127.0.0.1 localhost\n::1 localhost\n${network?.address ?? '127.0.0.1'} ${hostname}\n`;
}
