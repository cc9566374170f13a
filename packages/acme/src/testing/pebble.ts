import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startProgram } from '@gatefleet/test-programs';
import { connectCa } from '../protocol/certificate-authority.ts';
import { createSelfSigned } from './self-signed.ts';

export interface PebbleOptions {
  /** Paths of the programs. */
  readonly pebble: string;
  readonly challtestsrv: string;
  /** The DNS server that it asks, host and port. Default: pebble-challtestsrv, started with it. */
  readonly dnsServer?: string;
  /** Where it looks for answers to HTTP-01: this port of 127.0.0.1, for every name. */
  readonly http01Port: number;
  /** Percent of good nonces rejected. Default 5. */
  readonly nonceReject?: number;
  /** How long its certificates are valid, in seconds. Default 90 days. */
  readonly validitySeconds?: number;
  /** Domains that it refuses, with all below them. */
  readonly blocked?: readonly string[];
  /** MAC keys in base64url by key identifier: then every account has to be bound to one. */
  readonly externalAccounts?: Readonly<Record<string, string>>;
}

export interface Pebble {
  readonly directoryUrl: string;
  readonly caBundle: string;
  /** Address of pebble-challtestsrv's management API, which sets records of the DNS that Pebble asks. */
  readonly dnsManagement: string;
  /** Where it looks for answers to HTTP-01. */
  readonly http01Port: number;
  /** Has the CA want this certificate, PEM, replaced since a moment ago (ARI, RFC 9773). */
  wantRenewed(certificate: string): Promise<void>;
  /** Ends it and starts it again at the same address: it forgets accounts, orders and its own key. */
  restart(): Promise<void>;
  /** What it printed since it was started last. */
  output(): string;
  stop(): Promise<void>;
}

/** Real Pebble on free ports, with a DNS server that leads every name to 127.0.0.1. Never reuses an authorization, never sleeps. */
export async function startPebble(options: PebbleOptions): Promise<Pebble> {
  const { http01Port, nonceReject = 5, blocked = [], externalAccounts, validitySeconds = 7_776_000 } = options;
  await using begun = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'gatefleet-pebble-'));
  begun.defer(() => rm(folder, { recursive: true }));
  const { certificate, privateKey } = await createSelfSigned();
  const address = `127.0.0.1:${String(await freePort())}`;
  const resolverAddress = `127.0.0.1:${String(await freePort())}`;
  const ownManagement = `127.0.0.1:${String(await freePort())}`;
  const config = {
    pebble: {
      listenAddress: address,
      managementListenAddress: ownManagement,
      certificate: join(folder, 'cert.pem'),
      privateKey: join(folder, 'key.pem'),
      httpPort: http01Port,
      tlsPort: 1,
      domainBlocklist: blocked,
      keyAlgorithm: 'ecdsa',
      externalAccountBindingRequired: externalAccounts !== undefined,
      externalAccountMACKeys: externalAccounts ?? {},
      profiles: { default: { description: 'The only one', validityPeriod: validitySeconds } },
    },
  };
  await writeFile(join(folder, 'cert.pem'), certificate);
  await writeFile(join(folder, 'key.pem'), privateKey, { mode: 0o600 });
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));

  const management = `127.0.0.1:${String(await freePort())}`;
  begun.use(await startResolver(options.challtestsrv, resolverAddress, management));
  const directoryUrl = `https://${address}/dir`;
  const start = () =>
    startProgram({
      name: 'pebble',
      file: options.pebble,
      args: ['-config', join(folder, 'config.json'), '-dnsserver', options.dnsServer ?? resolverAddress],
      env: { PEBBLE_WFE_NONCEREJECT: String(nonceReject), PEBBLE_VA_NOSLEEP: '1', PEBBLE_AUTHZREUSE: '0' },
      isReady: async () => {
        await connectCa({ directoryUrl, caBundle: certificate }).directory(AbortSignal.timeout(2_000));
        return true;
      },
    });
  let ca = await start();
  begun.defer(() => ca.stop());
  const all = begun.move();

  return {
    directoryUrl,
    caBundle: certificate,
    http01Port,
    dnsManagement: `http://${management}`,
    async restart() {
      await ca.stop();
      ca = await start();
    },
    async wantRenewed(Certificate) {
      const start = new Date(Date.now() - 2_000).toISOString();
      const end = new Date(Date.now() - 1_000).toISOString();
      const ARIResponse = JSON.stringify({ suggestedWindow: { start, end } });
      await manage(
        `https://${ownManagement}/set-renewal-info/`,
        certificate,
        JSON.stringify({ Certificate, ARIResponse }),
      );
    },
    output: () => ca.output(),
    stop: () => all.disposeAsync(),
  };
}

/** Asks Pebble's management API, whose certificate `fetch` cannot be told to trust. */
async function manage(url: string, ca: string, body: string): Promise<void> {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', ca, headers: { 'User-Agent': 'gatefleet tests' } }, (incoming) => {
      incoming.resume();
      resolve(incoming.statusCode);
    });
    outgoing.once('error', reject).end(body);
  });
  if (status !== 200) throw new Error(`asking ${url}: ${status}`);
}

async function startResolver(file: string, address: string, management: string) {
  const unused = ['-http01', '', '-https01', '', '-tlsalpn01', '', '-doh', ''];
  return startProgram({
    name: 'pebble-challtestsrv',
    file,
    args: ['-dnsserver', address, '-defaultIPv6', '', '-management', management, ...unused],
    isReady: async () => {
      await fetch(`http://${management}/`, { signal: AbortSignal.timeout(2_000) });
      return true;
    },
  });
}
