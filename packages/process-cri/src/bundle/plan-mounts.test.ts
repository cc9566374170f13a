import { expect, test } from '@jest/globals';
import type { Mount } from '../cri/messages.ts';
import { planMounts, type MountInput } from './plan-mounts.ts';

const mount = (container_path: string, rest: Partial<Mount> = {}): Mount => ({
  container_path,
  host_path: '/kubelet/volume',
  readonly: false,
  propagation: 'PROPAGATION_PRIVATE',
  recursive_read_only: false,
  image: null,
  uidMappings: [],
  gidMappings: [],
  ...rest,
});
const plan = (mounts: Mount[], rest: Partial<MountInput> = {}) =>
  planMounts({
    config: { mounts },
    image: { usrLayer: undefined, otherFiles: [] },
    host: {
      inUserNamespace: false,
      topFolders: [
        { path: '/bin', link: 'usr/bin' },
        { path: '/opt-lib', link: undefined },
      ],
      etc: [],
    },
    ids: 'full',
    shm: '/run/shm/pod',
    mountPointLayer: '/state/points',
    mayMount: (path) => path.startsWith('/kubelet/'),
    ...rest,
  });
const at = (path: string, mounts: ReturnType<typeof plan>) =>
  mounts.mounts.filter(({ destination }) => destination === path);

test('the machine’s programs are there read-only; a linked /bin needs no mount', () => {
  const planned = plan([]);
  expect(at('/usr', planned)).toEqual([
    { destination: '/usr', type: 'bind', source: '/usr', options: ['rbind', 'rprivate', 'ro', 'nosuid', 'nodev'] },
  ]);
  expect(at('/bin', planned)).toEqual([]);
  expect(at('/opt-lib', planned)).toHaveLength(1);
});

test('an image’s layer is over the machine’s /usr, and mount points below /usr are over both', () => {
  const image = { usrLayer: '/state/a:b', otherFiles: [] };
  expect(at('/usr', plan([], { image }))[0]?.options[0]).toBe('lowerdir=/state/a\\:b:/usr');
  const planned = plan([mount('/usr/share/x')], { image });
  expect(at('/usr', planned)[0]?.options[0]).toBe('lowerdir=/state/points:/state/a\\:b:/usr');
  expect(planned.usrMountPoints).toEqual([{ path: '/usr/share/x', source: '/kubelet/volume' }]);
});

test('a Pod’s mount takes the place of one of ours, and outer folders come first', () => {
  const planned = plan([mount('/dev/shm/deep/er'), mount('/dev/shm'), mount('/etc/hosts')]);
  expect(at('/dev/shm', planned)).toHaveLength(1);
  expect(planned.mounts.slice(-3).map(({ destination }) => destination)).toEqual([
    '/dev/shm',
    '/etc/hosts',
    '/dev/shm/deep/er',
  ]);
});

test.each<{ given: Partial<Mount>; then: string[] }>([
  { given: {}, then: ['rbind', 'rprivate', 'rw'] },
  { given: { readonly: true }, then: ['rbind', 'rprivate', 'ro'] },
  { given: { readonly: true, recursive_read_only: true }, then: ['rbind', 'rprivate', 'rro'] },
  { given: { propagation: 'PROPAGATION_HOST_TO_CONTAINER' }, then: ['rbind', 'rslave', 'rw'] },
  { given: { propagation: 'PROPAGATION_BIDIRECTIONAL' }, then: ['rbind', 'rshared', 'rw'] },
])('$given becomes $then', ({ given, then }) => {
  expect(at('/x', plan([mount('/x/', given)]))[0]?.options).toEqual(then);
});

test.each<{ what: string; given: Partial<Mount>; says: string }>([
  { what: 'a folder of the machine', given: { host_path: '/home/me' }, says: 'no other folder' },
  { what: 'an id-mapped mount', given: { uidMappings: [{}] }, says: 'id-mapped' },
  { what: 'recursive read-only of a writable mount', given: { recursive_read_only: true }, says: 'has to be readonly' },
])('$what is refused', ({ given, says }) => {
  expect(() => plan([mount('/x', given)])).toThrow(says);
});

test('in a user namespace /sys is bound, and with a single id the terminals’ group is left out', () => {
  const host = { inUserNamespace: true, topFolders: [], etc: [] };
  expect(at('/sys', plan([], { host }))[0]?.type).toBe('bind');
  expect(at('/dev/pts', plan([], { ids: 'single' }))[0]?.options).not.toContain('gid=5');
});
