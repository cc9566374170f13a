import { CriError } from '../errors.ts';
import { netnsPath } from '../network/pod-network.ts';
import type { Runtime } from '../runtime.ts';
import type { Handler } from './server.ts';

interface StreamFlags {
  tty: boolean;
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
}

export function streamCalls(runtime: Runtime): Record<string, Handler> {
  const { containers, sandboxes } = runtime;
  const streaming = (what: string, hint: string) => {
    if (runtime.streaming !== undefined) return runtime.streaming;
    throw new CriError(
      'UNIMPLEMENTED',
      `kubectl ${what} needs the streaming helper, which the configuration of process-cri does not name`,
      { hint },
    );
  };
  const running = (what: string, id: string) => {
    if (containers.require(id).state === 'RUNNING') return containers.bundle(id);
    throw new CriError('FAILED_PRECONDITION', `${what} ${id}: it is not running`);
  };
  return {
    Exec: async ({ container_id: id, cmd, ...flags }: StreamFlags & { container_id: string; cmd: string[] }) => {
      const helper = streaming('exec', 'commands in probes and hooks work without it');
      return {
        url: await helper.url({ kind: 'exec', target: running('running a command in', id), command: cmd, ...flags }),
      };
    },
    Attach: async ({ container_id: id, ...flags }: StreamFlags & { container_id: string }) => {
      const helper = streaming('attach', 'kubectl logs works without it');
      return { url: await helper.url({ kind: 'attach', target: running('attaching to', id), ...flags }) };
    },
    PortForward: async ({ pod_sandbox_id: id, port: ports }: { pod_sandbox_id: string; port: number[] }) => {
      const helper = streaming('port-forward', 'a Service works without it');
      const { ready, network } = sandboxes.require(id);
      if (!ready) throw new CriError('FAILED_PRECONDITION', `forwarding ports to ${id}: it is not ready`);
      return {
        url: await helper.url({ kind: 'port-forward', target: network === undefined ? '' : netnsPath(network), ports }),
      };
    },
  };
}
