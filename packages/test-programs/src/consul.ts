import { ensureTools } from '@gatefleet/toolchain';
import type { ClosedConsul } from './closed-consul.ts';
import { freePort } from './free-port.ts';
import { startProgram, type Program } from './program.ts';

export interface ConsulProgram extends Program {
  readonly address: string;
}

/** One Consul server in memory on loopback. @param closed - whose files of settings it has, the later ones over the earlier */
export async function startConsul({ settings }: Pick<ClosedConsul, 'settings'>): Promise<ConsulProgram> {
  const { consul } = await ensureTools(['consul']);
  const ports = await Promise.all(Array.from({ length: 4 }, freePort));
  const [https, server, serf, wan] = ports;
  const address = `https://127.0.0.1:${https}`;
  const program = await startProgram({
    name: 'consul',
    file: consul.path,
    args: [
      'agent',
      '-dev',
      '-disable-host-node-id',
      '-node=consul-0', // policies know servers by their names
      '-log-level=warn',
      '-bind=127.0.0.1',
      '-client=127.0.0.1',
      '-dns-port=-1',
      '-grpc-port=-1',
      '-grpc-tls-port=-1',
      `-https-port=${https}`,
      `-server-port=${server}`,
      `-serf-lan-port=${serf}`,
      `-serf-wan-port=${wan}`,
      ...settings.map((file) => `-config-file=${file}`),
    ],
    isReady: async () => /\d/.test(await (await fetch(`${address}/v1/status/leader`)).text()),
  });
  return { ...program, address };
}
