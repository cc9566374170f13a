/**
 * How many certificates a second: real Pebble, Consul and three gateways, real HTTP-01, hosts that are all there at the beginning.
 *
 *   node bench/certificates/main.ts --hosts 300 --orders 16
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { startPebble } from '@gatefleet/acme/testing';
import { ConsulKvStore } from '@gatefleet/consul-kv';
import { freePort, startConsul, startProgram, startSpreader, startTraefik } from '@gatefleet/test-programs';
import { ensureTools } from '@gatefleet/toolchain';

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '300' },
    orders: { type: 'string', default: '8' },
    'nonce-reject': { type: 'string', default: '5' },
  },
});
const count = Number(values.hosts);
const application = join(import.meta.dirname, '../../apps/acme-controller/src');
const tools = await ensureTools(['consul', 'traefik', 'pebble', 'pebble-challtestsrv']);
const folder = await mkdtemp(join(tmpdir(), 'gatefleet-bench-'));
await using stack = new AsyncDisposableStack();
stack.defer(() => rm(folder, { recursive: true }));

const consul = stack.use(await startConsul());
const gateways = await Promise.all([1, 2, 3].map(() => startTraefik(consul.address)));
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

const ports = { challenge: await freePort(), status: await freePort() };
const common = { GATEFLEET_CONSUL_ADDRESSES: consul.address, LOG_LEVEL: 'warn' };
await promisify(execFile)(process.execPath, [join(application, 'main.ts'), 'storeconfig'], {
  env: { ...common, GATEFLEET_CHALLENGE_URL: `http://127.0.0.1:${ports.challenge}` },
});

const hosts = Array.from({ length: count }, (_, index) => `h${index}.gatefleet.test`);
const store = new ConsulKvStore({ addresses: [consul.address] });
const began = performance.now();
const replica = stack.use(
  await startProgram({
    name: 'controller',
    file: process.execPath,
    args: [join(application, 'testing/replica.ts')],
    env: {
      ...common,
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
let published = 0;
let firstAt = 0;
while (published < count) {
  await sleep(200);
  published = (await store.keys('traefik/tls/certificates/')).filter((key) => key.endsWith('/certFile')).length;
  if (published > 0 && firstAt === 0) firstAt = performance.now();
  if (performance.now() - began > 600_000) break;
}
const seconds = (performance.now() - started) / 1000;
console.log(
  `${published} of ${count} certificates in ${seconds.toFixed(1)} s: ${(published / seconds).toFixed(1)} a second`,
);
for (const [name, program] of Object.entries({ controller: replica, consul, gateway: gateways[0] })) {
  if (program !== undefined) console.log(name.padEnd(12), await costOf(program.pid));
}
if (published < count) console.log(replica.output().slice(-3_000));

/** Processor seconds and resident memory of a process, as Linux tells them. */
async function costOf(pid: number): Promise<string> {
  const stat = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  const ticks = Number(stat[11]) + Number(stat[12]);
  const resident = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
  return `${(ticks / 100).toFixed(1)} s of processor, ${Math.round(Number(resident) / 1024)} MiB`;
}
