import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { owners } from '../testing/owners.ts';
import { TestNode } from '../testing/test-node.ts';

jest.setTimeout(60_000);

let node: TestNode;
beforeAll(async () => {
  node = await TestNode.open(owners[0] ?? 'user', { images: { 'test/shell:1': { entrypoint: ['sh', '-c'] } } });
});
afterAll(async () => node.close());

test('a busy container’s CPU and memory are counted with its children, and in its Pod', async () => {
  const pod = await node.pod();
  const id = await node.launch(pod, 'i=0; while test $i -lt 200000; do i=$((i+1)); done & wait; exec sleep 1000');
  const stats = await node.until('CPU time', async () => {
    const { stats: found } = await node.call('ContainerStats', { container_id: id });
    return Number(found.cpu.usage_core_nano_seconds.value) > 0 ? found : undefined;
  });
  expect(stats.attributes.id).toBe(id);
  expect(Number(stats.memory.working_set_bytes.value)).toBeGreaterThan(500_000);
  const [listed] = (await node.call('ListContainerStats', { filter: { pod_sandbox_id: pod.id } })).stats;
  expect(listed.attributes.id).toBe(id);
  const { linux } = (await node.call('PodSandboxStats', { pod_sandbox_id: pod.id })).stats;
  expect(Number(linux.cpu.usage_core_nano_seconds.value)).toBeGreaterThan(0);
  expect(Number(linux.process.process_count.value)).toBeGreaterThan(0);
  expect(linux.containers).toHaveLength(1);
  expect(linux.network.default_interface.name).toBe('eth0');
});

test('the images’ file system has a capacity in use', async () => {
  const {
    image_filesystems: [usage],
  } = await node.call('ImageFsInfo');
  expect(Number(usage.used_bytes.value)).toBeGreaterThan(0);
  expect(usage.fs_id.mountpoint).toBe(`${node.folder}/state/images`);
});

test('the node is ready and says what it does not do', async () => {
  const { status, info } = await node.call('Status', { verbose: true });
  expect(status.conditions).toEqual([
    expect.objectContaining({ type: 'RuntimeReady', status: true }),
    expect.objectContaining({ type: 'NetworkReady', status: true }),
  ]);
  expect(info.notes).toContain('not enforced');
  expect((await node.call('Version')).runtime_name).toBe('process-cri');
});
