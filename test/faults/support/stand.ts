import { execFile } from 'node:child_process';
import type { X509Certificate } from 'node:crypto';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { certificateId } from '@gatefleet/acme';
import { startPebble, type Pebble, type PebbleOptions } from '@gatefleet/acme/testing';
import { ConsulKvStore, type KvEntry } from '@gatefleet/consul-kv';
import { startFaultProxy, type FaultProxy } from '@gatefleet/fault-proxy';
import {
  freePort,
  startConsul,
  startProgram,
  startSpreader,
  startTraefik,
  type Program,
  type TraefikProgram,
} from '@gatefleet/test-programs';
import { ensureTools } from '@gatefleet/toolchain';

const application = join(import.meta.dirname, '../../../apps/acme-controller/src');

export interface StandOptions extends Pick<PebbleOptions, 'nonceReject' | 'validitySeconds' | 'blocked'> {
  readonly seed?: number;
}

/**
 * Everything that a certificate needs, real but for Kubernetes: Pebble behind a proxy that breaks things, Consul, three gateways behind a
 * load balancer, and controllers as processes that can be killed.
 */
export interface Stand extends AsyncDisposable {
  readonly store: ConsulKvStore;
  readonly proxy: FaultProxy;
  readonly pebble: Pebble;
  readonly gateways: readonly TraefikProgram[];
  /** Starts one of two replicas, which leads or stands by. */
  startReplica(which: 0 | 1, hosts: readonly string[]): Promise<Program>;
  /** Takes a replica out of the Service, as kubelet does with one that is not ready. */
  takeOut(which: 0 | 1): void;
  /** Comes back when what is below a prefix is as wanted. */
  until(prefix: string, isAsWanted: (entries: readonly KvEntry[]) => boolean, timeoutMs?: number): Promise<void>;
  /** Comes back when every host's certificate is published. */
  untilPublished(hosts: readonly string[], timeoutMs?: number): Promise<void>;
  /** What each gateway shows for a host. */
  served(host: string): Promise<readonly X509Certificate[]>;
}

export async function startStand({ seed = 1, ...pebbleOptions }: StandOptions = {}): Promise<Stand> {
  const tools = await ensureTools(['consul', 'traefik', 'pebble', 'pebble-challtestsrv']);
  const stack = new AsyncDisposableStack();
  try {
    const folder = await mkdtemp(join(tmpdir(), 'gatefleet-faults-'));
    stack.defer(() => rm(folder, { recursive: true }));
    const consul = stack.use(await startConsul());
    const gateways: TraefikProgram[] = [];
    for (let count = 0; count < 3; count += 1) gateways.push(stack.use(await startTraefik(consul.address)));
    const balancer = stack.use(await startSpreader(gateways.map(({ web }) => web)));
    const pebble = await startPebble({
      pebble: tools.pebble.path,
      challtestsrv: tools['pebble-challtestsrv'].path,
      http01Port: balancer.port,
      ...pebbleOptions,
    });
    stack.defer(() => pebble.stop());
    const proxy = stack.use(await startFaultProxy({ target: pebble.directoryUrl, targetCa: pebble.caBundle, seed }));
    const store = new ConsulKvStore({ addresses: [consul.address] });

    await mkdir(join(folder, 'config-maps/roots'), { recursive: true });
    await writeFile(join(folder, 'config-maps/roots/ca.crt'), proxy.caBundle);
    await writeFile(join(folder, 'key'), randomBytes(32).toString('base64'), { mode: 0o600 });
    await writeFile(join(folder, 'certificate-policy.yaml'), JSON.stringify(policyOf(proxy.directoryUrl)));
    const challengePorts = [await freePort(), await freePort()] as const;
    const replicas = stack.use(await startSpreader(challengePorts));
    const common = {
      GATEFLEET_CONSUL_ADDRESSES: consul.address,
      GATEFLEET_CERTIFICATE_POLICY_FILE: join(folder, 'certificate-policy.yaml'),
      GATEFLEET_ENCRYPTION_KEY_FILE: join(folder, 'key'),
      GATEFLEET_GATEWAY_HTTP_PORT: String(balancer.port),
      GATEFLEET_MAX_ORDERS: '32',
      LOG_LEVEL: 'info',
    };
    await promisify(execFile)(process.execPath, [join(application, 'main.ts'), 'storeconfig'], {
      env: { ...common, GATEFLEET_CHALLENGE_URL: `http://127.0.0.1:${replicas.port}` },
    });

    const until: Stand['until'] = async (prefix, isAsWanted, timeoutMs = 120_000) => {
      for await (const entries of store.watch({ prefix }, AbortSignal.timeout(timeoutMs))) {
        if (isAsWanted(entries)) return;
      }
      throw new Error(`${prefix} did not come to be as wanted in ${timeoutMs} ms`);
    };
    return {
      store,
      proxy,
      pebble,
      gateways,
      until,
      async startReplica(which, hosts) {
        const statusPort = await freePort();
        const ingresses = hosts.map((host) => ({ name: host, hosts: [host] }));
        await writeFile(join(folder, `ingresses-${which}.json`), JSON.stringify(ingresses));
        return stack.use(
          await startProgram({
            name: `replica ${which}`,
            file: process.execPath,
            args: [join(application, 'testing/replica.ts')],
            env: {
              ...common,
              POD_NAME: `replica-${which}`,
              GATEFLEET_CHALLENGE_PORT: String(challengePorts[which]),
              GATEFLEET_STATUS_PORT: String(statusPort),
              TEST_INGRESSES_FILE: join(folder, `ingresses-${which}.json`),
            },
            isReady: async () => (await fetch(`http://127.0.0.1:${statusPort}/healthz`)).ok,
          }),
        );
      },
      takeOut: (which) => replicas.spreadTo([challengePorts[1 - which] ?? 0]),
      async untilPublished(hosts, timeoutMs) {
        const wanted = hosts.map((host) => `traefik/tls/certificates/${certificateId([host])}/certFile`);
        await until(
          'traefik/tls/certificates/',
          (entries) => {
            const keys = new Set(entries.map(({ key }) => key));
            return wanted.every((key) => keys.has(key));
          },
          timeoutMs,
        );
      },
      served: (host) => Promise.all(gateways.map(({ websecure }) => shown(websecure, host))),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

function policyOf(directory: string): object {
  return {
    apiVersion: 'gatefleet.dev/v1alpha1',
    kind: 'CertificatePolicy',
    environment: 'faults',
    domains: ['gatefleet.test'],
    certificates: {
      issuers: [{ directory, caBundle: { configMap: 'roots', key: 'ca.crt' } }],
      email: 'platform@example.com',
    },
  };
}

/** The certificate that a gateway shows for a host; a name of its own making where it has none. */
async function shown(port: number, servername: string): Promise<X509Certificate> {
  const { promise, resolve, reject } = Promise.withResolvers<X509Certificate>();
  const socket = connect({ host: '127.0.0.1', port, servername, rejectUnauthorized: false });
  socket.once('error', reject);
  socket.once('secureConnect', () => {
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) reject(new Error(`${servername}: no certificate is shown`));
    else resolve(certificate);
  });
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}
