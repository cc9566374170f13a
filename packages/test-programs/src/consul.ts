import { ensureTools } from '@gatefleet/toolchain';
import { freePort, startProgram, type Program } from './program.ts';

export interface ConsulProgram extends Program {
  readonly address: string;
}

export interface ConsulOptions {
  /** Its name, by which policies know it. @defaultValue `test` */
  readonly node?: string;
  /** Files of settings, the later ones over the earlier; see {@link closedConsul}. @defaultValue everything is allowed to everybody, over HTTP */
  readonly settings?: readonly string[];
}

/** One Consul server in memory on loopback. */
export async function startConsul({ node = 'test', settings = [] }: ConsulOptions = {}): Promise<ConsulProgram> {
  const { consul } = await ensureTools(['consul']);
  const ports = await Promise.all(Array.from({ length: 4 }, freePort));
  const [http, server, serf, wan] = ports;
  const scheme = settings.length === 0 ? 'http' : 'https';
  const address = `${scheme}://127.0.0.1:${http}`;
  const program = await startProgram({
    name: 'consul',
    file: consul.path,
    args: [
      'agent',
      '-dev',
      '-disable-host-node-id',
      `-node=${node}`,
      '-log-level=warn',
      '-bind=127.0.0.1',
      '-client=127.0.0.1',
      '-dns-port=-1',
      '-grpc-port=-1',
      '-grpc-tls-port=-1',
      `-${scheme}-port=${http}`,
      `-server-port=${server}`,
      `-serf-lan-port=${serf}`,
      `-serf-wan-port=${wan}`,
      ...settings.map((file) => `-config-file=${file}`),
    ],
    isReady: async () => /\d/.test(await (await fetch(`${address}/v1/status/leader`)).text()),
  });
  return { ...program, address };
}
