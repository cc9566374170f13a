/**
 * How many certificates a second, when every gateway serves them, and where the time goes: real Pebble, Consul and three gateways, real
 * HTTP-01, hosts that are all there at the beginning.
 *
 *   node bench/certificates/main.ts --hosts 300 --orders 32
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { certificateId } from '@gatefleet/acme';
import { startPebble } from '@gatefleet/acme/testing';
import { ConsulKvStore } from '@gatefleet/consul-kv';
import {
  closedConsul,
  freePort,
  startConsul,
  startProgram,
  startSpreader,
  startTraefik,
} from '@gatefleet/test-programs';
import { ensureTools } from '@gatefleet/toolchain';
import { controllerFlags } from '../../test/faults/support/controller-flags.ts';
import { shown } from '../../test/faults/support/served.ts';

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '300' },
    orders: { type: 'string', default: '32' },
    'nonce-reject': { type: 'string', default: '15' },
  },
});
const count = Number(values.hosts);
const application = join(import.meta.dirname, '../../apps/acme-controller');
const tools = await ensureTools(['consul', 'traefik', 'pebble', 'pebble-challtestsrv']);
const folder = await mkdtemp(join(tmpdir(), 'gatefleet-bench-'));
await using stack = new AsyncDisposableStack();
stack.defer(() => rm(folder, { recursive: true }));

const closed = await closedConsul(folder);
const consul = stack.use(await startConsul(closed));
await closed.register([consul.address]);
const gateways = await Promise.all([1, 2, 3].map(() => startTraefik(consul.address, closed.filesOf('traefik'))));
for (const gateway of gateways) stack.use(gateway);
const balancer = stack.use(await startSpreader(gateways.map(({ web }) => web)));
const pebble = await startPebble({
  pebble: tools.pebble.path,
  challtestsrv: tools['pebble-challtestsrv'].path,
  http01Port: balancer.port,
  nonceReject: Number(values['nonce-reject']),
});
stack.defer(() => pebble.stop());

await mkdir(join(folder, 'config-maps/roots'), { recursive: true });
await writeFile(join(folder, 'config-maps/roots/ca.crt'), pebble.caBundle);
await writeFile(join(folder, 'key'), randomBytes(32).toString('base64'), { mode: 0o600 });
const issuer = { directory: pebble.directoryUrl, caBundle: { configMap: 'roots', key: 'ca.crt' } };
const policy = {
  apiVersion: 'gatefleet.dev/v1alpha1',
  kind: 'CertificatePolicy',
  environment: 'bench',
  domains: ['gatefleet.test'],
  certificates: { issuers: [issuer], email: 'platform@example.com' },
};
await writeFile(join(folder, 'certificate-policy.yaml'), JSON.stringify(policy));

const controller = join(folder, 'replica.mjs');
await promisify(execFile)(process.execPath, [join(application, 'build.mjs'), controller, 'src/testing/replica.ts']);
const ports = { challenge: await freePort(), status: await freePort() };
const common = {
  GATEFLEET_CONSUL_ADDRESSES: consul.address,
  GATEFLEET_CONSUL_CA_FILE: closed.caFile,
  LOG_LEVEL: 'warn',
};
await promisify(execFile)(process.execPath, [join(application, 'src/main.ts'), 'storeconfig'], {
  env: {
    ...common,
    GATEFLEET_CONSUL_TOKEN_FILE: closed.filesOf('storeconfig').tokenFile,
    GATEFLEET_CHALLENGE_URL: `http://127.0.0.1:${ports.challenge}`,
  },
});

const hosts = Array.from({ length: count }, (_, index) => `h${index}.gatefleet.test`);
const store = new ConsulKvStore({ addresses: [consul.address], ...closed.as() });
const replica = stack.use(
  await startProgram({
    name: 'controller',
    file: process.execPath,
    args: [...(await controllerFlags()), controller],
    env: {
      ...common,
      GATEFLEET_CONSUL_TOKEN_FILE: closed.filesOf('leader').tokenFile,
      GATEFLEET_CONSUL_RESPONDER_TOKEN_FILE: closed.filesOf('responder').tokenFile,
      GATEFLEET_CERTIFICATE_POLICY_FILE: join(folder, 'certificate-policy.yaml'),
      GATEFLEET_ENCRYPTION_KEY_FILE: join(folder, 'key'),
      GATEFLEET_GATEWAY_HTTP_PORT: String(balancer.port),
      GATEFLEET_CHALLENGE_PORT: String(ports.challenge),
      GATEFLEET_STATUS_PORT: String(ports.status),
      GATEFLEET_MAX_ORDERS: values.orders,
      TEST_INGRESSES: JSON.stringify(hosts.map((host) => ({ name: host, hosts: [host] }))),
    },
    isReady: async () => (await fetch(`http://127.0.0.1:${ports.status}/healthz`)).ok,
  }),
);
const started = performance.now();
const servedMs = await untilServed(hosts, started);
const seconds = (performance.now() - started) / 1000;
const rate = (servedMs.length / seconds).toFixed(1);
console.log(
  `${servedMs.length} of ${count} certificates on every gateway in ${seconds.toFixed(1)} s: ${rate} a second, ` +
    `half of them in ${share(servedMs, 0.5)} s, 95 of 100 in ${share(servedMs, 0.95)} s from the start`,
);
const metrics = await (await fetch(`http://127.0.0.1:${ports.status}/metrics`)).text();
console.log('stage, up to its checkpoint    mean ms');
for (const [name, milliseconds] of stages(metrics)) console.log(name.padEnd(28), milliseconds.toFixed(0).padStart(9));
console.log('processor seconds, MiB resident');

const { user, system } = process.cpuUsage();
console.log('bench'.padEnd(20), ((user + system) / 1e6).toFixed(1).padStart(6));
for (const { name, seconds, residentMiB } of await costsOfChildren()) {
  console.log(name.padEnd(20), seconds.toFixed(1).padStart(6), String(residentMiB).padStart(5));
}
if (servedMs.length < count) console.log(replica.output().slice(-3_000));

interface Cost {
  readonly name: string;
  readonly seconds: number;
  readonly residentMiB: number;
}

/** What each program that was started here has taken, as Linux tells it. @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
async function costsOfChildren(): Promise<readonly Cost[]> {
  const costs: Cost[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    if (/^PPid:\s+(\d+)$/m.exec(status)?.[1] !== String(process.pid)) continue;
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
    costs.push({
      name: /^Name:\s+(.+)$/m.exec(status)?.[1] ?? pid,
      seconds: (Number(fields[11]) + Number(fields[12])) / 100,
      residentMiB: Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024),
    });
  }
  return costs;
}

/** @returns for each host that every gateway came to serve, how long that took, in milliseconds; rising */
async function untilServed(wanted: readonly string[], from: number): Promise<readonly number[]> {
  const missing = new Map(wanted.map((host) => [host, new Set(gateways)]));
  const tookMs: number[] = [];
  while (missing.size > 0 && performance.now() - from < 600_000) {
    await sleep(200);
    const keys = new Set(await store.keys('traefik/tls/certificates/'));
    const published = [...missing].filter(([host]) =>
      keys.has(`traefik/tls/certificates/${certificateId([host])}/certFile`),
    );
    for (const gateway of gateways) {
      // A gateway takes over all at once: from the first that it lacks on, looking on would only keep it busy.
      for (const [host, without] of published) {
        if (!without.has(gateway)) continue;
        if ((await shown(gateway.websecure, host))?.checkHost(host) === undefined) break;
        without.delete(gateway);
      }
    }
    for (const [host, without] of published) {
      if (without.size === 0 && missing.delete(host)) tookMs.push(performance.now() - from);
    }
  }
  return tookMs;
}

/** Seconds that a share of these took at most. */
function share(risingMs: readonly number[], part: number): string {
  return ((risingMs[Math.ceil(risingMs.length * part) - 1] ?? Number.NaN) / 1000).toFixed(1);
}

/** Mean milliseconds from one checkpoint of an order to the next, in their order, as the controller itself counts them. */
function stages(text: string): [string, number][] {
  const figures = (suffix: string) =>
    [
      ...text.matchAll(
        new RegExp(`^gatefleet_order_stage_duration_seconds_${suffix}\\{checkpoint="([^"]+)"\\} (\\S+)$`, 'gm'),
      ),
    ].map(([, name = '', value]): [string, number] => [name, Number(value)]);
  const counts = new Map(figures('count'));
  return figures('sum').map(([name, sum]) => [name, (1_000 * sum) / (counts.get(name) ?? 1)]);
}
