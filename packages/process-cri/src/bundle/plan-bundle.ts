import type { PreparedImage } from '../catalogue/image-layer.ts';
import type { ContainerConfig, LinuxContainerSecurityContext } from '../cri/messages.ts';
import { CriError } from '../errors.ts';
import { groupText, passwdText, withAccount } from './account-files.ts';
import { planCapabilities } from './capabilities.ts';
import { planArgs, planEnv } from './command.ts';
import type { HostFacts } from './host-facts.ts';
import type { OciSpec } from './oci-spec.ts';
import { planMounts, type MountPlan } from './plan-mounts.ts';
import { planRootfs, type RootfsEntry } from './plan-rootfs.ts';
import { refuseContainer } from './refuse.ts';
import { planSeccomp } from './seccomp.ts';
import { planUser, type PlannedUser } from './user.ts';

export interface BundleInput {
  readonly config: ContainerConfig;
  readonly image: PreparedImage;
  readonly host: HostFacts;
  readonly pod: {
    readonly hostname: string;
    /** Path of the Pod’s network namespace; `undefined` for the node’s. */
    readonly netns: string | undefined;
    readonly sysctls: Readonly<Record<string, string>>;
    readonly resolvConf: string;
    readonly hosts: string;
    readonly shm: string;
  };
  readonly ids: { readonly range: 'full' | 'single'; readonly allowSingle: boolean };
  readonly mountPointLayer: string;
  readonly mayMount: (hostPath: string) => boolean;
}

/** Everything about a container before anything is done: its OCI configuration, the files of its root, and what its user should be told. */
export interface BundlePlan {
  readonly spec: OciSpec;
  readonly rootfs: readonly RootfsEntry[];
  readonly usrMountPoints: MountPlan['usrMountPoints'];
  readonly user: PlannedUser;
  /** What the container asked for and does not get, a sentence each. */
  readonly notes: readonly string[];
  /** The one of them that changes what the program may do; empty when there is none. */
  readonly warning: string;
}

/** @throws {@link CriError} when the container asks for something that cannot be honoured. */
export function planBundle(input: BundleInput): BundlePlan {
  const { config, image, host, pod } = input;
  refuseContainer(config);
  const security = config.linux?.security_context ?? null;
  const texts = accountTexts(image);
  const { user, warning } = honourUser(planUser(security, { user: image.image.user, ...texts }), input.ids);
  const capabilities = planCapabilities(security?.capabilities ?? null, host.capabilities);
  const workingDir = config.working_dir || image.image.workingDir || '/';
  const { mounts, usrMountPoints } = planMounts({ ...input, ids: input.ids.range, shm: pod.shm });
  const spec: OciSpec = {
    ociVersion: '1.0.2',
    process: {
      terminal: config.tty,
      user: { uid: user.uid, gid: user.gid, additionalGids: [...user.additionalGids] },
      args: planArgs(config, image.image),
      env: planEnv(config.envs, image.image.env, { hostname: pod.hostname, tty: config.tty }),
      cwd: workingDir,
      capabilities,
      noNewPrivileges: security?.no_new_privs ?? false,
      // What a process has in memory, keys among it, is not left in a file when it crashes.
      rlimits: [{ type: 'RLIMIT_CORE', soft: 0, hard: 0 }],
      oomScoreAdj: Math.max(Number(config.linux?.resources?.oom_score_adj ?? 0), host.minOomScoreAdj),
    },
    root: { path: 'rootfs', readonly: security?.readonly_rootfs ?? false },
    hostname: pod.hostname,
    mounts: [...mounts],
    linux: {
      namespaces: [
        { type: 'mount' },
        { type: 'pid' },
        { type: 'ipc' },
        { type: 'uts' },
        ...(pod.netns === undefined ? [] : [{ type: 'network' as const, path: pod.netns }]),
      ],
      maskedPaths: security?.masked_paths ?? [],
      readonlyPaths: security?.readonly_paths ?? [],
      rootfsPropagation: rootPropagation(config),
      ...(usesSeccomp(security) ? { seccomp: planSeccomp(capabilities.bounding, host.architecture) } : {}),
      sysctl: { ...pod.sysctls },
    },
  };
  const rootfs = planRootfs({
    ids: input.ids.range,
    topFolders: host.topFolders,
    files: image.otherFiles,
    texts: {
      '/etc/passwd': withAccount(texts.passwd, user.uid, user.gid),
      '/etc/group': texts.group,
      '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
      '/etc/hostname': `${pod.hostname}\n`,
      '/etc/resolv.conf': pod.resolvConf,
      '/etc/hosts': pod.hosts,
    },
    workingDir: workingDir.startsWith('/usr/') ? undefined : workingDir,
  });
  const notes = [...(warning === '' ? [] : [warning]), ...unenforced(config)];
  return { spec, rootfs, usrMountPoints, user, notes, warning };
}

function accountTexts(image: PreparedImage): { passwd: string; group: string } {
  const own = (path: string) =>
    image.otherFiles.flatMap(([at, file]) => (at === path && 'text' in file ? [file.text] : []))[0];
  return {
    passwd: own('/etc/passwd') ?? passwdText(image.image.user),
    group: own('/etc/group') ?? groupText(image.image.user),
  };
}

function honourUser(user: PlannedUser, ids: BundleInput['ids']): { user: PlannedUser; warning: string } {
  const asked = [user.uid, user.gid, ...user.additionalGids];
  if (ids.range === 'full' || asked.every((id) => id === 0)) return { user, warning: '' };
  const wish = `uid ${String(user.uid)}, gid ${String(user.gid)}, groups [${user.additionalGids.join(', ')}]`;
  if (!ids.allowSingle) {
    throw new CriError(
      'FAILED_PRECONDITION',
      `running as ${wish}: this machine maps a single user id, so only id 0 exists here`,
      {
        hint: 'give your user a range in /etc/subuid and /etc/subgid and install newuidmap (uidmap), or run as root',
      },
    );
  }
  const warning = `this container runs as id 0 instead of ${wish}, since this machine maps a single user id`;
  return { user: { uid: 0, gid: 0, additionalGids: [] }, warning };
}

function unenforced(config: ContainerConfig): string[] {
  const resources = config.linux?.resources;
  if (resources == null) return [];
  const limits = [
    ...(Number(resources.cpu_quota) > 0
      ? [`CPU ${String((Number(resources.cpu_quota) / Number(resources.cpu_period)) * 1000)}m`]
      : []),
    ...(Number(resources.memory_limit_in_bytes) > 0 ? [`memory ${resources.memory_limit_in_bytes} bytes`] : []),
  ];
  return limits.length === 0
    ? []
    : [`resource limits are not enforced, since there are no cgroups here: ${limits.join(', ')}`];
}

function usesSeccomp(security: LinuxContainerSecurityContext | null): boolean {
  return security?.seccomp?.profile_type === 'RuntimeDefault';
}

/** Mounts can only receive or send propagation when the root does. */
function rootPropagation({ mounts }: ContainerConfig): OciSpec['linux']['rootfsPropagation'] {
  if (mounts.some(({ propagation }) => propagation === 'PROPAGATION_BIDIRECTIONAL')) return 'shared';
  return mounts.some(({ propagation }) => propagation === 'PROPAGATION_HOST_TO_CONTAINER') ? 'slave' : 'private';
}
