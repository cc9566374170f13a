import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { owners } from '../testing/owners.ts';
import { TestNode } from '../testing/test-node.ts';

jest.setTimeout(60_000);

const images = {
  'test/shell:1': {
    entrypoint: ['sh', '-c'],
    files: { '/usr/local/bin/node': { source: process.execPath } },
  },
};
const serve = (text: string) => `exec node -e "require('http').createServer((q, r) => r.end('${text}')).listen(80)"`;
const fetchText = (url: string) =>
  `node -e "fetch('${url}', { signal: AbortSignal.timeout(3000) }).then(r => r.text()).then(console.log, () => console.log('no'))"`;

describe.each(owners)('the network of Pods on a node of %s', (owner) => {
  let node: TestNode;

  beforeAll(async () => {
    node = await TestNode.open(owner, { images }, { podCidr: '10.100.7.0/29' });
  });
  afterAll(async () => node.close());

  test('lets two Pods, a Pod and itself, and the node reach each other', async () => {
    const [one, two] = [await node.pod(), await node.pod()];
    expect(one.ip).not.toBe(two.ip);
    const first = await node.launch(one, serve('one'), {}, { run_as_user: { value: 1000 } });
    const second = await node.launch(two, serve('two'));
    const ask = async (id: string, ip: string) =>
      node.until(`an answer of ${ip}`, async () => {
        const { stdout } = await node.exec(id, fetchText(`http://${ip}/`));
        return stdout === 'no\n' ? undefined : stdout.trim();
      });
    expect(await ask(first, two.ip)).toBe('two');
    expect(await ask(second, one.ip)).toBe('one');
    expect(await ask(first, one.ip)).toBe('one');
    expect(await ask(first, '127.0.0.1')).toBe('one');
    expect(await node.namespace.run(fetchText(`http://${two.ip}/`).replace('node', `"${process.execPath}"`))).toBe(
      'two\n',
    );
    for (const { id } of [one, two]) await node.call('RemovePodSandbox', { pod_sandbox_id: id });
  });

  test('gives a Pod with the node’s network the node’s interfaces and no address', async () => {
    const pod = await node.pod({
      linux: { security_context: { namespace_options: { network: 'NODE', pid: 'CONTAINER' } } },
    });
    expect(pod.ip).toBe('');
    expect((await node.outcome(pod, 'ip -4 -o address show lo')).stdout).toContain('10.100.0.1/32');
    await node.call('RemovePodSandbox', { pod_sandbox_id: pod.id });
  });

  test('sets the safe sysctls and refuses others', async () => {
    const pod = await node.pod({
      linux: { sysctls: { 'net.ipv4.ip_local_port_range': '20000\t30000', 'kernel.shm_rmid_forced': '1' } },
    });
    const { stdout } = await node.outcome(pod, 'cd /proc/sys; cat net/ipv4/ip_local_port_range kernel/shm_rmid_forced');
    expect(stdout).toBe('20000\t30000\n1\n');
    await node.call('RemovePodSandbox', { pod_sandbox_id: pod.id });
    await expect(node.pod({ linux: { sysctls: { 'kernel.panic': '1' } } })).rejects.toThrow(
      /INVALID_ARGUMENT.*kernel\.panic/,
    );
  });

  test('refuses a port of the node, with a reason', async () => {
    const ports = [{ container_port: 80, host_port: 8080 }];
    await expect(node.pod({ port_mappings: ports })).rejects.toThrow(/UNIMPLEMENTED.*hostPort.*Service/);
  });

  test('gives out each address once, says when there are no more, and takes them back', async () => {
    const pods = [];
    for (let count = 0; count < 6; count++) pods.push(await node.pod());
    expect(new Set(pods.map(({ ip }) => ip)).size).toBe(6);
    await expect(node.pod()).rejects.toThrow(/RESOURCE_EXHAUSTED.*10\.100\.7\.0\/29/);
    await node.call('StopPodSandbox', { pod_sandbox_id: pods[2]?.id });
    expect((await node.pod()).ip).toBe(pods[2]?.ip);
    for (const { id } of (await node.call('ListPodSandbox')).items)
      await node.call('RemovePodSandbox', { pod_sandbox_id: id });
  });

  test('leaves nothing of a removed Pod', async () => {
    const pod = await node.pod();
    await node.launch(pod, 'sleep 1000');
    const request = { pod_sandbox_id: pod.id };
    for (let again = 0; again < 2; again++) await node.call('StopPodSandbox', request);
    expect((await node.call('PodSandboxStatus', request)).status).toMatchObject({
      state: 'SANDBOX_NOTREADY',
      network: { ip: '' },
    });
    for (let again = 0; again < 2; again++) await node.call('RemovePodSandbox', request);
    await expect(node.call('PodSandboxStatus', request)).rejects.toThrow(/NOT_FOUND/);
    expect(await node.namespace.run('ls /run/netns; ip -o link | grep -v " lo:"; ip route; pgrep conmon; true')).toBe(
      '',
    );
    const left = `ls "${node.folder}"/state/containers "${node.folder}"/state/sandboxes "${node.folder}"/state/exits | grep -v :$ | grep . ; true`;
    expect(await node.namespace.run(left)).toBe('');
    expect((await node.call('ListContainers')).containers).toEqual([]);
  });
});

describe.each(owners)('a node of %s whose network somebody else opens', (owner) => {
  let node: TestNode;
  const told: { kind: string; address: string; name?: string }[] = [];
  let answer = 'ok';
  const gate = createServer((socket) => {
    socket.setEncoding('utf8').on('data', (line: string) => {
      told.push(JSON.parse(line) as (typeof told)[number]);
      socket.end(`${answer}\n`);
    });
  });

  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gate-'));
    await chmod(folder, 0o755);
    const path = join(folder, 'gate.sock');
    await new Promise<void>((resolve) => gate.listen({ path, readableAll: true, writableAll: true }, resolve));
    node = await TestNode.open(owner, { images }, { podCidr: '10.100.7.0/29', networkGate: path });
  });
  afterAll(async () => {
    await node.close();
    gate.close();
    await rm(folder, { recursive: true });
  });

  test('is told of each address when it is taken and when it is free', async () => {
    const pod = await node.pod();
    expect(told).toEqual([
      { kind: 'added', address: pod.ip, uid: pod.uid, namespace: 'test', name: expect.stringMatching(/^pod-/) },
    ]);
    await node.call('StopPodSandbox', { pod_sandbox_id: pod.id });
    expect(told.slice(1)).toEqual([{ kind: 'removed', address: pod.ip }]);
  });

  test('makes no Pod that is refused, says why, and keeps no address for it', async () => {
    answer = 'the Pod is not known';
    for (let again = 0; again < 7; again++) {
      await expect(node.pod()).rejects.toThrow(/UNAVAILABLE.*the Pod is not known/);
    }
    answer = 'ok';
    const { ip } = await node.pod();
    expect(await node.namespace.run('ip route')).toMatch(new RegExp(`^${ip} dev v\\w+`));
  });

  test('makes no Pod while nobody answers', async () => {
    gate.close();
    await expect(node.pod()).rejects.toThrow(/UNAVAILABLE.*gate\.sock does not answer/);
  });
});
