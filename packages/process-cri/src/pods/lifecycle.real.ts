import { existsSync, renameSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { owners } from '../testing/owners.ts';
import { readLog, TestNode } from '../testing/test-node.ts';

jest.setTimeout(60_000);

const images = { 'test/shell:1': { entrypoint: ['sh', '-c'] } };

describe.each(owners)('the life of a container on a node of %s', (owner) => {
  let node: TestNode;
  let pod: { id: string; uid: string };

  beforeAll(async () => {
    node = await TestNode.open(owner, { images });
    pod = await node.pod();
  });
  afterAll(async () => node.close());

  test.each([
    { script: 'true', exitCode: 0, reason: 'Completed' },
    { script: 'exit 7', exitCode: 7, reason: 'Error' },
    { script: 'sh -c "kill -SEGV \\$\\$"; exit $?', exitCode: 139, reason: 'Error' },
  ])('that runs "$script" ends with $exitCode, $reason', async ({ script, exitCode, reason }) => {
    expect(await node.outcome(pod, script)).toMatchObject({ exitCode, reason });
  });

  test('goes from created to running to exited, with times in that order, and tells each by an event', async () => {
    const events: string[] = [];
    const stream = node.client.stream('GetContainerEvents');
    stream.on('error', () => undefined);
    stream.on(
      'data',
      (event: { container_id: string; container_event_type: string; containers_statuses: unknown[] }) => {
        events.push(`${event.container_event_type} ${event.container_id}`);
      },
    );
    const id = await node.create(pod, { args: ['exit 3'] });
    expect(await node.status(id)).toMatchObject({ state: 'CONTAINER_CREATED', started_at: '0', finished_at: '0' });
    await node.call('StartContainer', { container_id: id });
    const { created_at: created, started_at: started, finished_at: finished } = await node.exited(id);
    expect(BigInt(created) <= BigInt(started) && BigInt(started) <= BigInt(finished)).toBe(true);
    await node.call('RemoveContainer', { container_id: id });
    await node.call('RemoveContainer', { container_id: id });
    await expect(node.status(id)).rejects.toThrow(/NOT_FOUND/);
    const types = ['CREATED', 'STARTED', 'STOPPED', 'DELETED'].map((type) => `CONTAINER_${type}_EVENT ${id}`);
    await node.until('four events', () => events.length >= 4 || undefined);
    expect(events).toEqual(types);
    stream.cancel();
  });

  test('ends at the stop signal within the grace period, else by SIGKILL', async () => {
    const stop = async (script: string, config = {}) => {
      const id = await node.launch(pod, script, config);
      const { log_path: path } = await node.status(id);
      await node.until('the trap', () => readLog(path).stdout || undefined);
      await node.call('StopContainer', { container_id: id, timeout: 2 });
      await node.call('StopContainer', { container_id: id, timeout: 2 });
      return { ...(await node.status(id)), ...readLog(path) };
    };
    const loop = 'echo ready; while :; do sleep 0.1; done';
    expect(await stop(`trap 'echo bye; exit 5' TERM; ${loop}`)).toMatchObject({ exit_code: 5, stdout: 'ready\nbye\n' });
    expect(await stop(`trap 'exit 6' USR1; ${loop}`, { stop_signal: 'SIGUSR1' })).toMatchObject({ exit_code: 6 });
    expect(await stop(`trap '' TERM; ${loop}`)).toMatchObject({ exit_code: 137, reason: 'Error' });
  });

  test('keeps its log in the CRI’s format, and in a new file after the old one was moved', async () => {
    const id = await node.launch(pod, 'echo one; echo oops >&2; read line </tmp/go; echo "$line"; sleep 1000', {
      command: ['sh', '-c', 'mkfifo /tmp/go; eval "$0"'],
    });
    const { log_path: path } = await node.status(id);
    await node.until('two lines', () => readLog(path).stderr || undefined);
    expect(readLog(path)).toEqual({ stdout: 'one\n', stderr: 'oops\n' });
    renameSync(path, `${path}.1`);
    await node.call('ReopenContainerLog', { container_id: id });
    await node.exec(id, 'echo two >/tmp/go');
    await node.until('a new log', () => (existsSync(path) && readLog(path).stdout) || undefined);
    expect(readLog(path).stdout).toBe('two\n');
    expect(readLog(`${path}.1`).stdout).toBe('one\n');
    await node.call('StopContainer', { container_id: id, timeout: 0 });
  });

  test('runs commands in it as its own user, with their output and exit code', async () => {
    const security = { run_as_user: { value: 1000 }, capabilities: { drop_capabilities: ['ALL'] }, no_new_privs: true };
    const envs = [{ key: 'MINE', value: Buffer.from('mine') }];
    const id = await node.launch(pod, 'sleep 1000', { envs, working_dir: '/tmp' }, security);
    expect(await node.exec(id, 'id -u; pwd; echo $MINE; grep CapBnd /proc/self/status; echo oops >&2; exit 9')).toEqual(
      {
        exitCode: 9,
        stdout: '1000\n/tmp\nmine\nCapBnd:\t0000000000000000\n',
        stderr: 'oops\n',
      },
    );
    expect((await node.exec(id, 'head -c 20000000 /dev/zero')).stdout).toHaveLength(8 * 1024 * 1024 - 4096);
    expect((await node.exec(id, 'no-such-program')).exitCode).toBe(127);
  });

  test('kills a command that takes too long, with what it started', async () => {
    const id = await node.launch(pod, 'sleep 1000');
    await expect(node.exec(id, 'sleep 999', 1)).rejects.toThrow(/DEADLINE_EXCEEDED.*timed out after 1000 ms/);
    expect((await node.exec(id, 'pgrep -f "sleep 99[9]"')).stdout).toBe('');
    await node.call('StopContainer', { container_id: id, timeout: 0 });
    await expect(node.exec(id, 'true')).rejects.toThrow(/FAILED_PRECONDITION/);
  });

  test('goes on while process-cri is killed, and is known again with what became of it', async () => {
    const lasting = await node.launch(pod, 'trap "echo bye; exit 4" TERM; while :; do sleep 0.1; done');
    const ending = await node.launch(pod, 'sleep 0.3; exit 6');
    const created = await node.create(pod, { args: ['exit 8'] });
    const orphan = await node.launch(pod, 'exec sleep 888');
    await node.kill();
    await node.namespace.run(
      `while pgrep -f "sleep 0[.]3" >/dev/null; do sleep 0.1; done; pkill -9 -f "conmon.*${orphan}"; pkill -9 -f "sleep 88[8]"; true`,
    );
    await node.start();
    expect(await node.status(ending)).toMatchObject({ state: 'CONTAINER_EXITED', exit_code: 6, reason: 'Error' });
    expect(await node.status(lasting)).toMatchObject({ state: 'CONTAINER_RUNNING' });
    expect(await node.exited(orphan)).toMatchObject({
      exit_code: 255,
      message: expect.stringContaining('not known'),
    });
    await node.call('StartContainer', { container_id: created });
    expect(await node.exited(created)).toMatchObject({ exit_code: 8 });
    expect((await node.exec(lasting, 'echo still here')).stdout).toBe('still here\n');
    await node.call('StopContainer', { container_id: lasting, timeout: 5 });
    expect(await node.status(lasting)).toMatchObject({ exit_code: 4 });
    expect((await node.call('PodSandboxStatus', { pod_sandbox_id: pod.id })).status.state).toBe('SANDBOX_READY');
    expect((await node.pod()).ip).not.toBe(
      (await node.call('PodSandboxStatus', { pod_sandbox_id: pod.id })).status.network.ip,
    );
  });

  test('does not outlive its record', async () => {
    const id = await node.launch(pod, 'exec sleep 777');
    await node.kill();
    await node.namespace.run(`echo broken >"${node.folder}/state/containers/${id}/record.json"`);
    await node.start();
    await expect(node.status(id)).rejects.toThrow(/NOT_FOUND/);
    expect(
      await node.namespace.run(`pgrep -f "sleep 77[7]|${id}"; ls "${node.folder}/state/containers/${id}"; true`),
    ).toMatch(/^ls: cannot access/);
  });

  test('is refused what needs a stream, with a reason', async () => {
    const id = await node.launch(pod, 'sleep 1000');
    for (const [call, request] of [
      ['Exec', { container_id: id, cmd: ['sh'] }],
      ['Attach', { container_id: id }],
      ['PortForward', { pod_sandbox_id: pod.id }],
    ] as const) {
      await expect(node.call(call, request)).rejects.toThrow(/UNIMPLEMENTED.*streaming helper/);
    }
    await expect(node.call('CheckpointContainer', { container_id: id })).rejects.toThrow(/UNIMPLEMENTED/);
  });

  test('has ended, like its Pod, after a restart of the machine, and both can be removed', async () => {
    const id = await node.launch(pod, 'sleep 1000');
    await node.reboot();
    expect((await node.call('PodSandboxStatus', { pod_sandbox_id: pod.id })).status.state).toBe('SANDBOX_NOTREADY');
    expect(await node.exited(id)).toMatchObject({ exit_code: 255, reason: 'Error' });
    await expect(node.create(pod, { args: ['true'] })).rejects.toThrow(/FAILED_PRECONDITION.*not ready/);
    await node.call('RemovePodSandbox', { pod_sandbox_id: pod.id });
    expect((await node.call('ListContainers')).containers).toEqual([]);
    expect(await node.outcome(await node.pod(), 'exit 2')).toMatchObject({ exitCode: 2 });
  });
});
