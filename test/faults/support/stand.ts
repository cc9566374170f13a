import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { certificateId } from '@gatefleet/acme';
import { startPebble, type Pebble, type PebbleOptions } from '@gatefleet/acme/testing';
import { encryptionKeySecret } from '@gatefleet/certificate-commands';
import { KeysReport } from '@gatefleet/certificate-report';
import { ConsulKvStore, type KvEntry } from '@gatefleet/consul-kv';
import { startFaultProxy, type FaultProxy } from '@gatefleet/fault-proxy';
import {
  closedConsul,
  freePort,
  startConsul,
  startConsulCluster,
  startProgram,
  startSpreader,
  startTraefik,
  type ConsulCluster,
  type Program,
  type TraefikProgram,
} from '@gatefleet/test-programs';
import { ensureTools } from '@gatefleet/toolchain';
import { controllerFlags } from './controller-flags.ts';
import { shown, watchServed, type ServedWatch } from './served.ts';

const application = join(import.meta.dirname, '../../../apps/acme-controller');

/** Pebble takes its locks in another order for a new order than for these, and with thousands of orders can block itself for good. */
const oneAtATime = ['new-order', 'authorization', 'challenge'] as const;

export interface StandOptions extends Pick<PebbleOptions, 'nonceReject' | 'validitySeconds' | 'blocked'> {
  readonly seed?: number;
  /** One that keeps everything in memory, or three with disks. Default one. */
  readonly consulServers?: 1 | 3;
  /** Of one disk for three servers. */
  readonly consulDisk?: string;
  readonly logLevel?: 'debug' | 'info';
  /** Of new orders and of certificates for a domain, that the controller is told the CA has, a week. @defaultValue none */
  readonly limit?: number;
  /** Whether the CA lists an account's orders, as Let's Encrypt does not. @defaultValue true */
  readonly ordersList?: boolean;
  /** How many times faster than in service renewals are asked about and begun. */
  readonly haste?: number;
}

export interface Replica extends Program {
  readonly challengePort: number;
  readonly statusPort: number;
  metrics(): Promise<string>;
  /** What `gatefleet certs` shows. */
  report(): Promise<string>;
  /** Which keys it has. */
  keys(): Promise<KeysReport>;
}

/**
 * Everything that a certificate needs, real but for Kubernetes: Pebble behind a proxy that breaks things, Consul with TLS and tokens as in
 * every environment, three gateways behind a load balancer, and controllers as processes that can be killed.
 */
export interface Stand extends AsyncDisposable {
  /** With the right to everything; gateways and controllers have their own tokens. */
  readonly store: ConsulKvStore;
  readonly proxy: FaultProxy;
  readonly pebble: Pebble;
  readonly gateways: readonly TraefikProgram[];
  /** Where there are three servers. */
  readonly cluster: ConsulCluster | undefined;
  /** Consul's token for everything. */
  readonly management: string;
  /** The key that records are sealed with, in base64. */
  readonly encryptionKey: string;
  /** Gives all replicas these keys, in base64, of which the first seals. */
  writeKeys(keys: readonly string[]): Promise<void>;
  /** From now on one Ingress a host in this namespace, as well as those of other namespaces. */
  want(hosts: readonly string[], namespace?: string): Promise<void>;
  /** Starts one of two replicas, which leads or stands by. @param program - of another version, as {@link build} made it */
  startReplica(which: 0 | 1, program?: string): Promise<Replica>;
  /** Builds another version of the program: one that knows these formats of records. */
  build(formats: 'reads-next' | 'writes-next'): Promise<string>;
  /** Which of the replicas has the lock. */
  leader(): Promise<0 | 1 | undefined>;
  /** What the replicas would have told Kubernetes, in JSON, a line each. */
  notices(): Promise<string>;
  /** How many changes Consul has taken, whatever they were. */
  consulWrites(): Promise<number>;
  /** Lets a host's name lead the CA to where nobody answers. */
  leadAstray(host: string): Promise<void>;
  /** Comes back when a program has printed what matches. */
  untilSays(program: Program, what: RegExp): Promise<void>;
  /** Takes a replica out of the Service, as kubelet does with one that is not ready. */
  takeOut(which: 0 | 1): void;
  /** Comes back when what is below a prefix, which ends in a slash, or at a key is as wanted. */
  until(where: string, isAsWanted: (entries: readonly KvEntry[]) => boolean, timeoutMs?: number): Promise<void>;
  /** Comes back when every host's certificate is published. */
  untilPublished(hosts: readonly string[], timeoutMs?: number): Promise<void>;
  /** Comes back when every gateway shows a certificate for each host: a moment after it is published. */
  untilServed(hosts: readonly string[], timeoutMs?: number): Promise<void>;
  /** Asks every gateway for these hosts over and over. */
  watchServed(hosts: readonly string[]): ServedWatch;
}

export async function startStand(options: StandOptions = {}): Promise<Stand> {
  const {
    seed = 1,
    consulServers = 1,
    consulDisk,
    logLevel = 'info',
    limit,
    ordersList = true,
    haste = 1,
    ...pebbleOptions
  } = options;
  const tools = await ensureTools(['consul', 'traefik', 'pebble', 'pebble-challtestsrv']);
  const flags = await controllerFlags();
  const stack = new AsyncDisposableStack();
  try {
    const folder = await mkdtemp(join(tmpdir(), 'gatefleet-faults-'));
    stack.defer(() => rm(folder, { recursive: true }));
    const closed = await closedConsul(folder);
    const { settings, management, caFile } = closed;
    const cluster =
      consulServers === 3
        ? stack.use(await startConsulCluster({ settings, token: () => management, diskSize: consulDisk }))
        : undefined;
    const addresses = cluster?.addresses ?? [stack.use(await startConsul(closed)).address];
    await closed.register(addresses);
    // Gateways know one address, as a Service has it.
    const service = stack.use(await startSpreader(addresses.map((address) => Number(new URL(address).port))));
    const starting = Array.from({ length: 3 }, () =>
      startTraefik(`https://127.0.0.1:${service.port}`, closed.filesOf('traefik')),
    );
    // Of those beside one that fails, too.
    for (const started of await Promise.allSettled(starting))
      if (started.status === 'fulfilled') stack.use(started.value);
    const gateways: readonly TraefikProgram[] = await Promise.all(starting);
    const balancer = stack.use(await startSpreader(gateways.map(({ web }) => web)));
    const pebble = await startPebble({
      pebble: tools.pebble.path,
      challtestsrv: tools['pebble-challtestsrv'].path,
      http01Port: balancer.port,
      ...pebbleOptions,
    });
    stack.defer(() => pebble.stop());
    const proxy = stack.use(
      await startFaultProxy({ target: pebble.directoryUrl, targetCa: pebble.caBundle, oneAtATime, ordersList, seed }),
    );
    const store = new ConsulKvStore({ addresses, ...closed.as() });
    const encryptionKey = randomBytes(32).toString('base64');
    const noticesFile = join(folder, 'notices');
    await writeFile(noticesFile, '');
    const ingressesFile = join(folder, 'ingresses.json');
    const wanted = new Map<string, readonly string[]>();

    await mkdir(join(folder, 'config-maps/roots'), { recursive: true });
    await writeFile(join(folder, 'config-maps/roots/ca.crt'), proxy.caBundle);
    const keysFile = join(folder, 'keys');
    const writeKeys = async (keys: readonly string[]) => {
      await writeFile(`${keysFile}.new`, encryptionKeySecret.contentOf(keys)['keys'] ?? '', { mode: 0o600 });
      await rename(`${keysFile}.new`, keysFile);
    };
    await writeKeys([encryptionKey]);
    await writeFile(join(folder, 'certificate-policy.yaml'), JSON.stringify(policyOf(proxy.directoryUrl, limit)));
    const challengePorts = [await freePort(), await freePort()] as const;
    const replicas = stack.use(await startSpreader(challengePorts));
    // As it runs in a cluster: TypeScript read at the start would take memory of its own.
    const build = async (name: string, ...formats: readonly string[]) => {
      const file = join(folder, `${name}.mjs`);
      const builder = join(application, 'build.mjs');
      await promisify(execFile)(process.execPath, [builder, file, 'src/testing/replica.ts', ...formats]);
      return file;
    };
    const controller = await build('replica');
    const common = {
      GATEFLEET_CONSUL_ADDRESSES: addresses.join(),
      GATEFLEET_CONSUL_CA_FILE: caFile,
      GATEFLEET_CERTIFICATE_POLICY_FILE: join(folder, 'certificate-policy.yaml'),
      GATEFLEET_ENCRYPTION_KEY_FILE: keysFile,
      GATEFLEET_GATEWAY_HTTP_PORT: String(balancer.port),
      GATEFLEET_MAX_ORDERS: '32',
      LOG_LEVEL: logLevel,
    };
    await promisify(execFile)(process.execPath, [join(application, 'src/main.ts'), 'storeconfig'], {
      env: {
        ...common,
        GATEFLEET_CONSUL_TOKEN_FILE: closed.filesOf('storeconfig').tokenFile,
        GATEFLEET_CHALLENGE_URL: `http://127.0.0.1:${replicas.port}`,
      },
    });

    const until: Stand['until'] = async (where, isAsWanted, timeoutMs = 120_000) => {
      const watched = where.endsWith('/') ? { prefix: where } : { key: where };
      for await (const entries of store.watch(watched, AbortSignal.timeout(timeoutMs))) {
        if (isAsWanted(entries)) return;
      }
      throw new Error(`${where} did not come to be as wanted in ${timeoutMs} ms`);
    };
    return {
      store,
      proxy,
      pebble,
      gateways,
      until,
      cluster,
      management,
      encryptionKey,
      writeKeys,
      async want(hosts, namespace = 'shop') {
        wanted.set(namespace, hosts);
        const ingresses = [...wanted].flatMap(([inNamespace, names]) =>
          names.map((host) => ({ name: host, namespace: inNamespace, hosts: [host] })),
        );
        // Nobody reads half of it.
        await writeFile(`${ingressesFile}.new`, JSON.stringify(ingresses));
        await rename(`${ingressesFile}.new`, ingressesFile);
      },
      build: (formats) => build(formats, `src/testing/${formats}.ts`),
      async startReplica(which, program = controller) {
        const statusPort = await freePort();
        const started = await startProgram({
          name: `replica ${which}`,
          file: process.execPath,
          args: [...flags, program],
          env: {
            ...common,
            GATEFLEET_CONSUL_TOKEN_FILE: closed.filesOf('leader').tokenFile,
            GATEFLEET_CONSUL_RESPONDER_TOKEN_FILE: closed.filesOf('responder').tokenFile,
            POD_NAME: `replica-${which}`,
            GATEFLEET_CHALLENGE_PORT: String(challengePorts[which]),
            GATEFLEET_STATUS_PORT: String(statusPort),
            TEST_INGRESSES_FILE: ingressesFile,
            TEST_NOTICES_FILE: noticesFile,
            TEST_HASTE: String(haste),
          },
          isReady: async () => (await fetch(`http://127.0.0.1:${statusPort}/healthz`)).ok,
        });
        stack.use(started);
        return {
          ...started,
          challengePort: challengePorts[which],
          statusPort,
          metrics: async () => (await fetch(`http://127.0.0.1:${statusPort}/metrics`)).text(),
          report: async () => (await fetch(`http://127.0.0.1:${statusPort}/certificates`)).text(),
          keys: async () => KeysReport.parse(await (await fetch(`http://127.0.0.1:${statusPort}/keys`)).json()),
        };
      },
      async leader() {
        const lock = await store.get('gatefleet/leader');
        if (lock?.session === undefined) return undefined;
        return lock.value.includes('replica-0') ? 0 : 1;
      },
      notices: () => readFile(noticesFile, 'utf8'),
      async consulWrites() {
        const headers = { 'X-Consul-Token': management };
        const self = (await (await fetch(`${addresses[0]}/v1/agent/self`, { headers })).json()) as {
          Stats: { raft: { last_log_index: string } };
        };
        return Number(self.Stats.raft.last_log_index);
      },
      async leadAstray(host) {
        const answer = await fetch(`${pebble.dnsManagement}/add-a`, {
          method: 'POST',
          body: JSON.stringify({ host: `${host}.`, addresses: ['127.0.0.2'] }),
        });
        if (!answer.ok) throw new Error(`setting the address of ${host}: ${answer.status}`);
      },
      async untilSays(program, what) {
        for (const deadline = performance.now() + 120_000; !what.test(program.output()); await sleep(100)) {
          if (performance.now() > deadline)
            throw new Error(`it has not printed ${what}\n${program.output().slice(-3_000)}`);
        }
      },
      takeOut: (which) => replicas.spreadTo([challengePorts[1 - which] ?? 0]),
      async untilPublished(hosts, timeoutMs = 120_000) {
        const wanted = hosts.map((host) => `traefik/tls/certificates/${certificateId([host])}/certFile`);
        const deadline = performance.now() + timeoutMs;
        // Keys alone, and the seldomer the more there are: thousands of values at each change would be most of what Consul has to do.
        for (const pauseMs = 100 + hosts.length; ; await sleep(pauseMs)) {
          // Consul may be away meanwhile.
          const keys = new Set(await store.keys('traefik/tls/certificates/').catch(() => []));
          const missing = wanted.filter((key) => !keys.has(key));
          if (missing.length === 0) return;
          if (performance.now() > deadline)
            throw new Error(`${missing.length} of ${hosts.length} certificates were not published in ${timeoutMs} ms`);
        }
      },
      async untilServed(hosts, timeoutMs = 60_000) {
        const isServed = async (host: string) => {
          const all = await Promise.all(gateways.map(({ websecure }) => shown(websecure, host)));
          return all.every((certificate) => certificate?.checkHost(host) !== undefined);
        };
        const deadline = performance.now() + timeoutMs;
        for (const host of hosts) {
          while (!(await isServed(host))) {
            if (performance.now() > deadline) throw new Error(`not every gateway shows a certificate for ${host}`);
            await sleep(100);
          }
        }
      },
      watchServed(hosts) {
        const watch = watchServed(
          gateways.map(({ websecure }) => websecure),
          hosts,
        );
        // A test that fails does not end it, and Jest would wait for it for ever.
        stack.defer(async () => {
          await watch.end();
        });
        return watch;
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

function policyOf(directory: string, limit: number | undefined): object {
  const week = { count: limit, per: '168h' };
  return {
    apiVersion: 'gatefleet.dev/v1alpha1',
    kind: 'CertificatePolicy',
    environment: 'faults',
    domains: ['gatefleet.test'],
    certificates: {
      issuers: [
        {
          directory,
          caBundle: { configMap: 'roots', key: 'ca.crt' },
          ...(limit !== undefined && { limits: { newOrders: week, certificatesPerDomain: week } }),
        },
      ],
      email: 'platform@example.com',
    },
  };
}
