import type { ContainerConfig, Mount } from '../cri/messages.ts';
import { CriError } from '../errors.ts';
import type { PreparedImage } from '../catalogue/image-layer.ts';
import type { HostFacts } from './host-facts.ts';
import type { OciMount } from './oci-spec.ts';

export interface MountInput {
  readonly config: Pick<ContainerConfig, 'mounts'>;
  readonly image: Pick<PreparedImage, 'usrLayer' | 'otherFiles'>;
  readonly host: Pick<HostFacts, 'inUserNamespace' | 'topFolders' | 'etc'>;
  readonly ids: 'full' | 'single';
  /** Folder in memory that all containers of the Pod have at /dev/shm. */
  readonly shm: string;
  /** Where mount points below /usr are made for this container. */
  readonly mountPointLayer: string;
  readonly mayMount: (hostPath: string) => boolean;
}

export interface MountPlan {
  readonly mounts: readonly OciMount[];
  /** Paths below /usr on which the Pod mounts something; they have to be in the container’s own layer. */
  readonly usrMountPoints: readonly { readonly path: string; readonly source: string }[];
}

const readOnly = ['rbind', 'rprivate', 'ro', 'nosuid', 'nodev'];
const propagation = {
  PROPAGATION_PRIVATE: 'rprivate',
  PROPAGATION_HOST_TO_CONTAINER: 'rslave',
  PROPAGATION_BIDIRECTIONAL: 'rshared',
} as const;

/**
 * All mounts of a container in the order in which they are made: the kernel’s file systems, the machine’s programs read-only, the
 * image’s files over them, then what the Pod asks for, outer folders first.
 *
 * @throws {@link CriError} for a mount that cannot be honoured.
 */
export function planMounts(input: MountInput): MountPlan {
  const { config, image, host } = input;
  const asked = config.mounts.map((mount) => planPodMount(mount, input.mayMount));
  const depth = (mount: OciMount) => mount.destination.split('/').length;
  asked.sort((a, b) => depth(a) - depth(b));
  const replaced = new Set(asked.map(({ destination }) => destination));

  const usrMountPoints = asked
    .filter(({ destination }) => destination.startsWith('/usr/'))
    .map(({ destination, source }) => ({ path: destination, source }));
  const usrLayers = [
    ...(usrMountPoints.length > 0 ? [input.mountPointLayer] : []),
    ...(image.usrLayer === undefined ? [] : [image.usrLayer]),
  ];
  const own: OciMount[] = [
    ...kernelMounts(input),
    usrMount(usrLayers),
    ...host.topFolders.flatMap(({ path, link }) => (link === undefined ? [bind(path, path)] : [])),
    ...host.etc.map(({ path, source }) => bind(path, source)),
    ...image.otherFiles.flatMap(([path, file]) => ('source' in file ? [bind(path, file.source)] : [])),
  ];
  return { mounts: [...own.filter(({ destination }) => !replaced.has(destination)), ...asked], usrMountPoints };
}

function bind(destination: string, source: string): OciMount {
  return { destination, type: 'bind', source, options: readOnly };
}

function usrMount(layers: readonly string[]): OciMount {
  if (layers.length === 0) return bind('/usr', '/usr');
  const lower = [...layers, '/usr'].map((path) => path.replace(/[\\:,]/g, '\\$&')).join(':');
  return {
    destination: '/usr',
    type: 'overlay',
    source: 'overlay',
    options: [`lowerdir=${lower}`, 'ro', 'nosuid', 'nodev'],
  };
}

function kernelMounts({ host, ids, shm }: MountInput): OciMount[] {
  const sys: OciMount = host.inUserNamespace
    ? {
        destination: '/sys',
        type: 'bind',
        source: '/sys',
        options: ['rbind', 'rprivate', 'ro', 'nosuid', 'noexec', 'nodev'],
      }
    : { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['ro', 'nosuid', 'noexec', 'nodev'] };
  return [
    { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
    },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', ...(ids === 'full' ? ['gid=5'] : [])],
    },
    { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
    {
      destination: '/dev/shm',
      type: 'bind',
      source: shm,
      options: ['bind', 'rprivate', 'rw', 'nosuid', 'noexec', 'nodev'],
    },
    sys,
  ];
}

function planPodMount(mount: Mount, mayMount: (hostPath: string) => boolean): OciMount {
  const what = `mounting ${mount.host_path} at ${mount.container_path}`;
  if (mount.image !== null && mount.image.image !== '')
    throw new CriError('UNIMPLEMENTED', `${what}: volumes of kind image are not supported`);
  if (mount.uidMappings.length + mount.gidMappings.length > 0) {
    throw new CriError('UNIMPLEMENTED', `${what}: id-mapped mounts are not supported`, {
      hint: 'leave spec.hostUsers unset',
    });
  }
  if (!mayMount(mount.host_path)) {
    throw new CriError(
      'FAILED_PRECONDITION',
      `${what}: this runtime gives Pods no other folder of the machine than kubelet’s volumes`,
      {
        hint: 'use a volume or a claim instead of hostPath, or list the folder under hostPaths in the runtime’s configuration',
      },
    );
  }
  const recursive = mount.recursive_read_only;
  if (recursive && (!mount.readonly || mount.propagation !== 'PROPAGATION_PRIVATE')) {
    throw new CriError(
      'INVALID_ARGUMENT',
      `${what}: a recursive read-only mount has to be readonly and without propagation`,
    );
  }
  const access = recursive ? 'rro' : mount.readonly ? 'ro' : 'rw';
  const destination = mount.container_path.replace(/(?<=.)\/+$/, '');
  return {
    destination,
    type: 'bind',
    source: mount.host_path,
    options: ['rbind', propagation[mount.propagation], access],
  };
}
