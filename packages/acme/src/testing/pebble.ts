import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connectCa } from '../protocol/certificate-authority.ts';
import { createSelfSigned } from './self-signed.ts';

export interface PebbleOptions {
  /** Paths of the programs. */
  readonly pebble: string;
  readonly challtestsrv: string;
  /** Where it looks for answers to HTTP-01: this port of 127.0.0.1, for every name. */
  readonly http01Port: number;
  /** Percent of good nonces rejected. Default 5. */
  readonly nonceReject?: number;
  /** Domains that it refuses, with all below them. */
  readonly blocked?: readonly string[];
}

export interface Pebble {
  readonly directoryUrl: string;
  readonly caBundle: string;
  /** Ends it and starts it again at the same address: it forgets accounts, orders and its own key. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Real Pebble on free ports, with a DNS server that leads every name to 127.0.0.1. Never reuses an authorization, never sleeps. */
export async function startPebble(options: PebbleOptions): Promise<Pebble> {
  const folder = await mkdtemp(join(tmpdir(), 'gatefleet-pebble-'));
  const [port, dnsPort] = [await freePort(), await freePort()];
  const { certificate, privateKey } = await createSelfSigned();
  const config = {
    pebble: {
      listenAddress: `127.0.0.1:${port}`,
      managementListenAddress: '',
      certificate: join(folder, 'cert.pem'),
      privateKey: join(folder, 'key.pem'),
      httpPort: options.http01Port,
      tlsPort: 1,
      domainBlocklist: options.blocked ?? [],
      keyAlgorithm: 'ecdsa',
      profiles: { default: { description: 'The only one', validityPeriod: 7_776_000 } },
    },
  };
  await writeFile(join(folder, 'cert.pem'), certificate);
  await writeFile(join(folder, 'key.pem'), privateKey, { mode: 0o600 });
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));

  const dns = [
    '-dnsserver',
    `127.0.0.1:${dnsPort}`,
    '-defaultIPv6',
    '',
    '-management',
    `127.0.0.1:${await freePort()}`,
  ];
  const unused = ['-http01', '', '-https01', '', '-tlsalpn01', '', '-doh', ''];
  const resolver = start(options.challtestsrv, [...dns, ...unused], {});
  const startCa = () =>
    start(options.pebble, ['-config', join(folder, 'config.json'), '-dnsserver', `127.0.0.1:${dnsPort}`], {
      PEBBLE_WFE_NONCEREJECT: String(options.nonceReject ?? 5),
      PEBBLE_VA_NOSLEEP: '1',
      PEBBLE_AUTHZREUSE: '0',
    });
  let ca = startCa();
  const directoryUrl = `https://127.0.0.1:${port}/dir`;
  await answers(directoryUrl, certificate, ca);

  return {
    directoryUrl,
    caBundle: certificate,
    async restart() {
      await end(ca);
      ca = startCa();
      await answers(directoryUrl, certificate, ca);
    },
    async stop() {
      await Promise.all([end(ca), end(resolver)]);
      await rm(folder, { recursive: true });
    },
  };
}

/** A port of 127.0.0.1 that nobody uses now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('listening on 127.0.0.1: no port');
  return address.port;
}

function start(path: string, args: readonly string[], env: Record<string, string>): ChildProcess {
  return spawn(path, args, { stdio: 'ignore', env: { ...process.env, ...env } });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function answers(directoryUrl: string, caBundle: string, child: ChildProcess): Promise<void> {
  const ca = connectCa({ directoryUrl, caBundle });
  for (const limit = AbortSignal.timeout(15_000); ; await delay(50)) {
    if (child.exitCode !== null) throw new Error(`starting pebble: it ended with ${child.exitCode}`);
    const up = await ca.directory(limit).then(
      () => true,
      (error: unknown) => {
        if (limit.aborted) throw error;
        return false;
      },
    );
    if (up) return;
  }
}
