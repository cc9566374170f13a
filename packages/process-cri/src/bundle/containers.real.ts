import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { owners } from '../testing/owners.ts';
import { TestNode } from '../testing/test-node.ts';

jest.setTimeout(60_000);

const images = {
  'test/shell:1': {
    entrypoint: ['sh', '-c'],
    cmd: ['echo from the image'],
    env: { FROM_IMAGE: 'image', BOTH: 'image' },
    files: {
      '/usr/local/bin/greet': { text: '#!/bin/sh\necho hello\n', mode: 0o755 },
      '/usr/local/bin/salute': { link: 'greet' },
      '/bin/tool': { source: '/usr/bin/id' },
      '/app/main.txt': { source: '/usr/lib/os-release' },
      '/data': { folder: true as const, mode: 0o700, uid: 1000, gid: 1000 },
    },
  },
  'test/user': {
    entrypoint: ['sh', '-c'],
    user: { uid: 1000, gid: 1001, name: 'app', home: '/data' },
    workingDir: '/work',
  },
};

describe.each(owners)('a container on a node of %s', (owner) => {
  let node: TestNode;
  let pod: { id: string; uid: string };

  beforeAll(async () => {
    node = await TestNode.open(owner, { images });
    pod = await node.pod({
      dns_config: { servers: ['10.0.0.10'], searches: ['test.svc', 'svc'], options: ['ndots:5'] },
    });
  });
  afterAll(async () => node.close());

  const run = async (script: string, config = {}, security = {}) => node.outcome(pod, script, config, security);

  test('runs the image’s command when the Pod gives none', async () => {
    const id = await node.create(pod, { args: [] });
    await node.call('StartContainer', { container_id: id });
    expect(await node.exited(id)).toMatchObject({ exit_code: 0, reason: 'Completed' });
  });

  test('has the Pod’s environment over the image’s', async () => {
    const envs = [
      { key: 'BOTH', value: Buffer.from('pod') },
      { key: 'UMLAUT', value: Buffer.from('ä=ö') },
    ];
    const { stdout } = await run('env', { envs });
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['FROM_IMAGE=image', 'BOTH=pod', 'UMLAUT=ä=ö']));
    expect(stdout).toContain('PATH=/usr/local/sbin:/usr/local/bin:');
  });

  test('starts in the working directory, which is made when it is missing', async () => {
    expect((await run('pwd', { working_dir: '/some/where' })).stdout).toBe('/some/where\n');
    expect((await run('pwd', { image: { image: 'test/user' } })).stdout).toBe('/work\n');
  });

  test('has the host name and the name servers of its Pod', async () => {
    const { stdout } = await run('hostname; cat /etc/hostname /etc/resolv.conf');
    const hostname = /^pod-\d+$/m.exec(stdout)?.[0] ?? 'none';
    expect(stdout).toBe(`${hostname}\n${hostname}\nsearch test.svc svc\nnameserver 10.0.0.10\noptions ndots:5\n`);
  });

  test('has the image’s files over the machine’s', async () => {
    const { stdout, stderr } = await run('greet; salute; /bin/tool -u; grep -c . /app/main.txt; stat -c "%a %u" /data');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^hello\nhello\n0\n\d+\n700 1000\n$/);
  });

  test('cannot write to the machine’s programs or the image’s files', async () => {
    const { stdout } = await run(
      'for f in /usr/x /usr/bin/id /app/main.txt /etc/ssl/certs/x; do sh -c "echo >$f" 2>/dev/null || echo no; done',
    );
    expect(stdout).toBe('no\nno\nno\nno\n');
  });

  test('sees none of the machine’s other folders', async () => {
    const { stdout } = await run(`ls -A /home /root /opt /srv /var/lib | grep -v ':$' | grep .; ls ${node.folder}`);
    expect(stdout).toBe('');
  });

  test('runs as the user and the groups it asks for', async () => {
    const security = { run_as_user: { value: 1234 }, run_as_group: { value: 2345 }, supplemental_groups: [3456] };
    const { stdout } = await run('id -u; id -g; id -G; id -un; touch /tmp/mine && echo written', {}, security);
    expect(stdout).toBe('1234\n2345\n2345 3456\nuser\nwritten\n');
  });

  test('runs as the image’s user when the Pod names none', async () => {
    const id = await node.launch(pod, 'id -u; id -g; echo $HOME; sleep 100', { image: { image: 'test/user' } });
    expect((await node.exec(id, 'id -u; id -g; echo $HOME')).stdout).toBe('1000\n1001\n/data\n');
    expect(await node.status(id)).toMatchObject({
      user: { linux: { uid: '1000', gid: '1001' } },
      image: { image: 'docker.io/test/user:latest' },
    });
  });

  test('has only the capabilities that are left', async () => {
    const grep = 'grep CapEff /proc/self/status';
    const capabilities = { drop_capabilities: ['ALL'], add_capabilities: ['NET_BIND_SERVICE'] };
    expect((await run(grep, {}, { capabilities })).stdout).toBe('CapEff:\t0000000000000400\n');
    expect((await run(grep, {}, { capabilities: { drop_capabilities: ['ALL'] } })).stdout).toMatch(/\t0{16}\n/);
    expect((await run(grep)).stdout).not.toMatch(/\t0{16}\n/);
  });

  test('has no_new_privs and a seccomp filter when it asks for them', async () => {
    const check = 'grep -E "NoNewPrivs|Seccomp:" /proc/self/status; unshare --user true 2>/dev/null || echo refused';
    const strict = { no_new_privs: true, seccomp: { profile_type: 'RuntimeDefault' } };
    expect((await run(check, {}, strict)).stdout).toBe('NoNewPrivs:\t1\nSeccomp:\t2\nrefused\n');
    const free = { seccomp: { profile_type: 'Unconfined' } };
    expect((await run(check, {}, free)).stdout).toContain('NoNewPrivs:\t0\n');
  });

  test('leaves no memory behind in a core file', async () => {
    expect((await run('ulimit -Hc')).stdout).toBe('0\n');
  });

  test('has a read-only root but writable volumes', async () => {
    const host = await node.volume(pod.uid, 'data');
    const script =
      'touch /x 2>/dev/null || echo no; touch /etc/x 2>/dev/null || echo no; echo yes >/cache/x; cat /cache/x';
    const mounts = [{ container_path: '/cache', host_path: host }];
    expect((await run(script, { mounts }, { readonly_rootfs: true })).stdout).toBe('no\nno\nyes\n');
    expect(await node.namespace.run(`cat "${host}/x"`)).toBe('yes\n');
    expect((await run('touch /x && echo yes')).stdout).toBe('yes\n');
  });

  test('has masked and read-only paths', async () => {
    const security = { masked_paths: ['/proc/version', '/proc/scsi', '/not/there'], readonly_paths: ['/proc/sys'] };
    const { stdout } = await run('cat /proc/version; grep " /proc/sys " /proc/self/mountinfo', {}, security);
    expect(stdout).toMatch(/^\S+ \S+ \S+ \/sys \/proc\/sys ro,/);
  });

  test('has mounts of files and folders, read-only and writable, also below /usr', async () => {
    const host = await node.volume(pod.uid, 'mounts');
    await node.namespace.run(
      `mkdir -p "${host}/folder/inner"; echo one >"${host}/file"; echo two >"${host}/folder/file"`,
    );
    const mounts = [
      { container_path: '/etc/nested/file', host_path: `${host}/file`, readonly: true },
      { container_path: '/usr/share/new/folder', host_path: `${host}/folder`, readonly: true },
      { container_path: '/writable', host_path: `${host}/folder` },
    ];
    const script = `cat /etc/nested/file /usr/share/new/folder/file
      (echo >/etc/nested/file) 2>/dev/null || echo no
      (echo >/usr/share/new/folder/file) 2>/dev/null || echo no
      ls /usr/bin/env; echo three >/writable/file; cat /usr/share/new/folder/file`;
    expect((await run(script, { mounts })).stdout).toBe('one\ntwo\nno\nno\n/usr/bin/env\nthree\n');
  });

  test('sees later mounts of the node only with propagation', async () => {
    const host = await node.volume(pod.uid, 'propagated');
    await node.namespace.run(`mount --bind "${host}" "${host}"; mount --make-shared "${host}"; mkdir "${host}/later"`);
    const mount = (propagation: string) => [{ container_path: '/host', host_path: host, propagation }];
    const follows = await node.launch(pod, 'sleep 100', { mounts: mount('PROPAGATION_HOST_TO_CONTAINER') });
    const isPrivate = await node.launch(pod, 'sleep 100', { mounts: mount('PROPAGATION_PRIVATE') });
    await node.namespace.run(`mount -t tmpfs tmpfs "${host}/later"; touch "${host}/later/seen"`);
    expect((await node.exec(follows, 'ls /host/later')).stdout).toBe('seen\n');
    expect((await node.exec(isPrivate, 'ls /host/later')).stdout).toBe('');
  });

  test('makes a recursive read-only mount read-only all through', async () => {
    const host = await node.volume(pod.uid, 'recursive');
    await node.namespace.run(`mkdir "${host}/below"; mount -t tmpfs tmpfs "${host}/below"`);
    const write = '(touch /host/below/x) 2>/dev/null && echo yes || echo no';
    const mount = { container_path: '/host', host_path: host, readonly: true };
    expect((await run(write, { mounts: [mount] })).stdout).toBe('yes\n');
    expect((await run(write, { mounts: [{ ...mount, recursive_read_only: true }] })).stdout).toBe('no\n');
  });

  test('has the devices and the memory folder that programs expect', async () => {
    const script =
      'echo x >/dev/null; head -c 4 /dev/urandom | wc -c; stat -c %a /dev/shm; echo y >/dev/shm/y; ls -d /dev/pts /dev/mqueue';
    expect((await run(script)).stdout).toBe('4\n1777\n/dev/mqueue\n/dev/pts\n');
    expect((await run('cat /dev/shm/y')).stdout).toBe('y\n');
  });

  test('has a terminal when it asks for one', async () => {
    expect((await run('test -t 1 && echo terminal', { tty: true })).stdout).toBe('terminal\r\n');
  });

  test.each<{ what: string; config?: object; security?: object; says: RegExp }>([
    { what: 'privileged', security: { privileged: true }, says: /UNIMPLEMENTED.*privileged container/ },
    { what: 'devices', config: { devices: [{ host_path: '/dev/kvm' }] }, says: /UNIMPLEMENTED.*devices/ },
    {
      what: 'a shared process namespace',
      security: { namespace_options: { pid: 'POD' } },
      says: /UNIMPLEMENTED.*shareProcessNamespace/,
    },
    { what: 'the node’s processes', security: { namespace_options: { pid: 'NODE' } }, says: /UNIMPLEMENTED.*hostPID/ },
    {
      what: 'a folder of the machine',
      config: { mounts: [{ container_path: '/x', host_path: '/etc' }] },
      says: /FAILED_PRECONDITION.*hostPath/,
    },
    { what: 'a program that is not there', config: { command: ['/no/such'] }, says: /INTERNAL.*no\/such/ },
    {
      what: 'an unknown capability',
      security: { capabilities: { add_capabilities: ['FLY'] } },
      says: /INVALID_ARGUMENT.*FLY/,
    },
  ])('is refused $what, with a reason', async ({ config = {}, security = {}, says }) => {
    const asked = { namespace_options: { pid: 'CONTAINER' }, ...security };
    const before = (await node.call('ListContainers')).containers.length;
    await expect(node.create(pod, { args: ['true'], ...config }, asked)).rejects.toThrow(says);
    expect((await node.call('ListContainers')).containers).toHaveLength(before);
  });

  test('has its unenforced limits in its verbose status', async () => {
    const linux = { resources: { cpu_period: 100_000, cpu_quota: 50_000, memory_limit_in_bytes: 1_000_000 } };
    const id = await node.create(pod, { args: ['true'], linux });
    const { status, info } = await node.call('ContainerStatus', { container_id: id, verbose: true });
    expect(info.notes).toBe(
      'resource limits are not enforced, since there are no cgroups here: CPU 500m, memory 1000000 bytes',
    );
    expect(status.resources.linux.memory_limit_in_bytes).toBe('1000000');
  });
});

describe.each([{ allowSingleId: false }, { allowSingleId: true }])(
  'a node where only one id exists, with %j',
  (config) => {
    let node: TestNode;
    const security = { run_as_user: { value: 1000 } };

    beforeAll(async () => {
      node = await TestNode.open('single', { images }, config);
    });
    afterAll(async () => node.close());

    test('refuses a container another user, or says in its log that it is id 0', async () => {
      const pod = await node.pod();
      expect((await node.outcome(pod, 'id -u')).stdout).toBe('0\n');
      const outcome = node.outcome(pod, 'id -u', {}, security);
      if (config.allowSingleId) {
        expect(await outcome).toMatchObject({
          stdout: '0\n',
          stderr: expect.stringMatching(/^process-cri: this container runs as id 0 instead of uid 1000/),
        });
      } else {
        await expect(outcome).rejects.toThrow(/single user id.*subuid/);
      }
    });
  },
);
