import { expect, test } from '@jest/globals';
import { CatalogueImage } from '../catalogue/catalogue.ts';
import type { ContainerConfig, LinuxContainerSecurityContext } from '../cri/messages.ts';
import { capabilityNames } from './capabilities.ts';
import { planBundle, type BundleInput } from './plan-bundle.ts';

const security: LinuxContainerSecurityContext = {
  capabilities: { add_capabilities: [], drop_capabilities: ['ALL'], add_ambient_capabilities: [] },
  privileged: false,
  namespace_options: { network: 'POD', pid: 'CONTAINER', ipc: 'POD', target_id: '', userns_options: null },
  run_as_user: { value: '65532' },
  run_as_group: null,
  run_as_username: '',
  readonly_rootfs: true,
  supplemental_groups: ['2000'],
  supplemental_groups_policy: 'Merge',
  no_new_privs: true,
  masked_paths: ['/proc/keys'],
  readonly_paths: ['/proc/sys'],
  seccomp: { profile_type: 'RuntimeDefault', localhost_ref: '' },
  apparmor: null,
};
const config: ContainerConfig = {
  metadata: { name: 'app', attempt: 0 },
  image: { image: 'app:1', annotations: {}, user_specified_image: '', runtime_handler: '' },
  command: [],
  args: ['serve'],
  working_dir: '',
  envs: [],
  mounts: [],
  devices: [],
  CDI_devices: [],
  labels: {},
  annotations: {},
  log_path: 'app/0.log',
  stdin: false,
  stdin_once: false,
  tty: false,
  stop_signal: 'RUNTIME_DEFAULT',
  linux: { resources: null, security_context: security },
};
const resources = {
  cpu_period: '100000',
  cpu_quota: '0',
  cpu_shares: '2',
  memory_limit_in_bytes: '0',
  oom_score_adj: '0',
};
const plan = (changes: Partial<ContainerConfig> = {}, input: Partial<BundleInput> = {}, image: object = {}) =>
  planBundle({
    config: { ...config, ...changes },
    image: {
      id: 'sha256:1',
      reference: 'docker.io/library/app:1',
      image: CatalogueImage.parse({ entrypoint: ['/app'], workingDir: '/srv/app', ...image }),
      usrLayer: undefined,
      otherFiles: Object.entries(CatalogueImage.parse(image).files),
    },
    host: {
      capabilities: new Set(capabilityNames),
      inUserNamespace: false,
      minOomScoreAdj: 0,
      topFolders: [{ path: '/bin', link: 'usr/bin' }],
      etc: [],
      architecture: 'x64',
    },
    pod: {
      hostname: 'pod-1',
      netns: '/run/netns/x',
      sysctls: {},
      resolvConf: 'nameserver 1.2.3.4\n',
      hosts: '',
      shm: '/run/shm',
    },
    ids: { range: 'full', allowSingle: false },
    mountPointLayer: '/points',
    mayMount: () => true,
    ...input,
  });

test('what the CRI asks for is in the OCI configuration', () => {
  const { spec } = plan();
  expect(spec.process).toMatchObject({
    args: ['/app', 'serve'],
    cwd: '/srv/app',
    user: { uid: 65532, gid: 0, additionalGids: [2000] },
    capabilities: { bounding: [], effective: [], permitted: [], inheritable: [], ambient: [] },
    noNewPrivileges: true,
    terminal: false,
  });
  expect(spec.root).toEqual({ path: 'rootfs', readonly: true });
  expect(spec.linux).toMatchObject({
    maskedPaths: ['/proc/keys'],
    readonlyPaths: ['/proc/sys'],
    rootfsPropagation: 'private',
  });
  expect(spec.linux.seccomp?.syscalls[0]?.names).toEqual(expect.arrayContaining(['mount', 'bpf', 'keyctl']));
});

test('the container joins the Pod’s network, or stays in the node’s', () => {
  const network = ({ spec }: ReturnType<typeof plan>) => spec.linux.namespaces.filter(({ type }) => type === 'network');
  expect(network(plan())).toEqual([{ type: 'network', path: '/run/netns/x' }]);
  expect(
    network(plan({}, { pod: { hostname: 'n', netns: undefined, sysctls: {}, resolvConf: '', hosts: '', shm: '' } })),
  ).toEqual([]);
});

test('its root has accounts, name servers, host name and working directory', () => {
  const entry = (path: string) => plan().rootfs.find((candidate) => candidate.path === path);
  expect(entry('/etc/passwd')).toMatchObject({ text: expect.stringContaining('user:x:65532:0:') });
  expect(entry('/etc/resolv.conf')).toMatchObject({ text: 'nameserver 1.2.3.4\n' });
  expect(entry('/etc/hostname')).toMatchObject({ text: 'pod-1\n' });
  expect(entry('/srv/app')).toMatchObject({ kind: 'folder' });
  expect(entry('/bin')).toEqual({ kind: 'link', path: '/bin', target: 'usr/bin' });
});

test('a file of the image wins over one of ours', () => {
  const files = { '/etc/nsswitch.conf': { text: 'own' }, '/etc/passwd': { text: 'who:x:65532:7::/:/bin/sh\n' } };
  const { rootfs, user } = plan({}, {}, { files });
  const texts = Object.fromEntries(
    rootfs.flatMap((entry) => (entry.kind === 'text' ? [[entry.path, entry.text]] : [])),
  );
  expect(texts['/etc/nsswitch.conf']).toBe('own');
  expect(texts['/etc/passwd']).toBe(files['/etc/passwd'].text);
  expect(user.gid).toBe(7);
});

test('parents come before what is in them', () => {
  const paths = plan().rootfs.map(({ path }) => path);
  for (const path of paths) {
    const parent = path.slice(0, path.lastIndexOf('/'));
    if (paths.includes(parent)) expect(paths.indexOf(parent)).toBeLessThan(paths.indexOf(path));
  }
});

test.each([
  { asked: '-997', lowest: 0, then: 0 },
  { asked: '-997', lowest: -1000, then: -997 },
  { asked: '1000', lowest: 0, then: 1000 },
])('oom_score_adj $asked where $lowest is the lowest becomes $then', ({ asked, lowest, then }) => {
  const linux = { resources: { ...resources, oom_score_adj: asked }, security_context: security };
  const host = {
    capabilities: new Set<string>(),
    inUserNamespace: false,
    minOomScoreAdj: lowest,
    topFolders: [],
    etc: [],
    architecture: 'x64',
  };
  expect(plan({ linux }, { host }).spec.process.oomScoreAdj).toBe(then);
});

test('limits that nothing enforces are noted; requests are no limits', () => {
  const limited = { ...resources, cpu_quota: '20000', memory_limit_in_bytes: '1048576' };
  expect(plan({ linux: { resources: limited, security_context: security } }).notes).toEqual([
    'resource limits are not enforced, since there are no cgroups here: CPU 200m, memory 1048576 bytes',
  ]);
  expect(plan({ linux: { resources, security_context: security } }).notes).toEqual([]);
});

test('with a single id another user is refused, or told of where that is allowed', () => {
  expect(() => plan({}, { ids: { range: 'single', allowSingle: false } })).toThrow('uid 65532, gid 0, groups [2000]');
  const { spec, warning, rootfs } = plan(
    {},
    { ids: { range: 'single', allowSingle: true } },
    { files: { '/data': { folder: true, uid: 5, gid: 5 } } },
  );
  expect(spec.process.user).toEqual({ uid: 0, gid: 0, additionalGids: [] });
  expect(warning).toContain('id 0 instead of uid 65532');
  expect(rootfs.find(({ path }) => path === '/data')).toMatchObject({ uid: 0, gid: 0 });
});
