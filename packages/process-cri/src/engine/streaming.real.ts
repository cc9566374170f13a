import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ensureTools } from '@gatefleet/toolchain';
import { owners } from '../testing/owners.ts';
import { readLog, TestNode } from '../testing/test-node.ts';

jest.setTimeout(120_000);

const client = fileURLToPath(new URL('../testing/stream-client.ts', import.meta.url));
const images = {
  'test/shell:1': { entrypoint: ['sh', '-c'], files: { '/usr/local/bin/node': { source: process.execPath } } },
};
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;

describe.each(owners)('the streams of a node of %s', (owner) => {
  let node: TestNode;
  let pod: { id: string; uid: string };

  beforeAll(async () => {
    const { 'cri-streaming': helper } = await ensureTools(['cri-streaming']);
    node = await TestNode.open(owner, { images }, { streaming: helper.path });
    pod = await node.pod();
  });
  afterAll(async () => node.close());

  const open = async (call: string, request: object, input = '') => {
    const { url } = await node.call(call, request);
    const quoted = input.replaceAll("'", `'\\''`);
    const printed = await node.namespace.run(
      `"${process.execPath}" "${client}" "${url}" v4.channel.k8s.io '${quoted}'`,
    );
    return (JSON.parse(printed) as { channels: Record<number, string> }).channels;
  };

  test('exec passes input, output and the exit code, as the container’s own user', async () => {
    const id = await node.launch(pod, 'sleep 1000', {}, { run_as_user: { value: 1000 } });
    const command = ['sh', '-c', 'id -u; read x; echo got $x; echo oops >&2; exit 7'];
    const request = { container_id: id, cmd: command, stdin: true, stdout: true, stderr: true };
    const channels = await open('Exec', request, 'words\n');
    expect(channels).toMatchObject({ [STDOUT]: '1000\ngot words\n', [STDERR]: 'oops\n' });
    expect(JSON.parse(channels[STATUS] ?? '')).toMatchObject({
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '7' }] },
    });
  });

  test('exec with a terminal has one in the container', async () => {
    const id = await node.launch(pod, 'sleep 1000');
    const request = {
      container_id: id,
      cmd: ['sh', '-c', 'tty; echo $TERM; read x; echo "got $x"'],
      tty: true,
      stdin: true,
      stdout: true,
    };
    const channels = await open('Exec', request, 'typed\n');
    const echo = 'typed\r\n'; // as early as it comes
    expect(channels[STDOUT]?.replace(echo, '')).toBe('/dev/pts/0\r\nxterm\r\ngot typed\r\n');
    expect(JSON.parse(channels[STATUS] ?? '')).toMatchObject({ status: 'Success' });
  });

  test('attach passes input to the container’s own process, and its output is in the log too', async () => {
    const id = await node.launch(pod, 'read x; echo "got $x"; read x; echo "got $x"; echo end >&2; exit 3', {
      stdin: true,
      stdin_once: true,
    });
    const request = { container_id: id, stdin: true, stdout: true, stderr: true };
    expect(await open('Attach', request, 'one\ntwo\n')).toMatchObject({
      [STDOUT]: 'got one\ngot two\n',
      [STDERR]: 'end\n',
    });
    const { exit_code: code, log_path: path } = await node.exited(id);
    expect(code).toBe(3);
    expect(readLog(path)).toEqual({ stdout: 'got one\ngot two\n', stderr: 'end\n' });
  });

  test('port-forward reaches a port on the Pod’s loopback', async () => {
    await node.launch(
      pod,
      `exec node -e "require('net').createServer((c) => c.end('hello from inside')).listen(7777, '127.0.0.1')"`,
    );
    const channels = await node.until('the answer', async () => {
      const found = await open('PortForward', { pod_sandbox_id: pod.id, port: [7777] });
      return found[0]?.includes('hello') ? found : undefined;
    });
    expect(channels[0]?.slice(2)).toBe('hello from inside'); // the first two bytes are the port
  });

  test('a URL is good once, and the helper is started again after it was killed', async () => {
    const id = await node.launch(pod, 'sleep 1000');
    const request = { container_id: id, cmd: ['echo', 'hello'], stdout: true };
    const { url } = await node.call('Exec', request);
    const run = async () =>
      JSON.parse(await node.namespace.run(`"${process.execPath}" "${client}" "${url}" v4.channel.k8s.io`)) as object;
    expect(await run()).toMatchObject({ opened: true, channels: { [STDOUT]: 'hello\n' } });
    expect(await run()).toMatchObject({ opened: false });
    await node.namespace.run('pkill -x cri-streaming; while pgrep -x cri-streaming >/dev/null; do sleep 0.1; done');
    expect(await node.until('a new helper', async () => open('Exec', request).catch(() => undefined))).toMatchObject({
      [STDOUT]: 'hello\n',
    });
  });
});
