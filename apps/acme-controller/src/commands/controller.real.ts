import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { certificateId, checkpoints, type OnCheckpoint } from '@gatefleet/acme';
import { startPebble, type Pebble } from '@gatefleet/acme/testing';
import { CertificatesReport } from '@gatefleet/certificate-report';
import { ConsulKvStore, type KvEntry } from '@gatefleet/consul-kv';
import {
  closedConsul,
  freePort,
  startConsul,
  startProgram,
  type ClosedConsul,
  type ConsulProgram,
  type Program,
} from '@gatefleet/test-programs';
import { ensureTools } from '@gatefleet/toolchain';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { challengeResponder } from '../challenge/responder.ts';
import { controllerVariables } from '../config/environment.ts';
import { readCipher } from '../cipher/record-cipher.ts';
import { createLogger } from '../log.ts';
import { listen, type HttpServer } from '../status/http-server.ts';
import { loadChallenge } from '../store/challenges.ts';
import { knownFormats } from '../store/known-formats.ts';
import { openRecords, type Records } from '../store/open-records.ts';
import { startChallengeFront } from '../testing/challenge-front.ts';
import { FakeInbox, FakeIngresses, FakeNotices, FakeTransferBox, ingressFor } from '../testing/fake-kubernetes.ts';
import { findKey } from '../testing/key-traces.ts';
import { controller } from './controller.ts';

let closed: ClosedConsul;
let consul: ConsulProgram;
let pebble: Pebble;
let front: HttpServer;
let answering: HttpServer;
let folder: string;
let store: ConsulKvStore;
let challengePorts: readonly [number, number];
let common: Record<string, string>;

beforeAll(async () => {
  const tools = await ensureTools(['consul', 'pebble', 'pebble-challtestsrv']);
  folder = await mkdtemp(join(tmpdir(), 'gatefleet-controller-'));
  closed = await closedConsul(folder);
  challengePorts = [await freePort(), await freePort()];
  // As a third replica would that only answers: the CA asks while the leader lies dead.
  answering = await listen(
    challengeResponder({
      load: (token, signal) => loadChallenge(store, token, signal),
      now: () => new Date(),
      onAnswer: () => undefined,
      log: createLogger('warn'),
    }),
    0,
    '127.0.0.1',
  );
  front = await startChallengeFront([...challengePorts, answering.port]);
  [consul, pebble] = await Promise.all([
    startConsul(closed),
    startPebble({
      pebble: tools.pebble.path,
      challtestsrv: tools['pebble-challtestsrv'].path,
      http01Port: front.port,
    }),
  ]);
  await closed.register([consul.address]);
  store = storeAs();
  await writeFile(join(folder, 'key'), randomBytes(32).toString('base64'), { mode: 0o600 });
  await mkdir(join(folder, 'config-maps/roots'), { recursive: true });
  await writeFile(join(folder, 'config-maps/roots/ca.crt'), pebble.caBundle);
  const policy = {
    apiVersion: 'gatefleet.dev/v1alpha1',
    kind: 'CertificatePolicy',
    environment: 'test',
    domains: ['gatefleet.test'],
    certificates: {
      issuers: [{ directory: pebble.directoryUrl, caBundle: { configMap: 'roots', key: 'ca.crt' } }],
      email: 'platform@example.com',
    },
  };
  await writeFile(join(folder, 'certificate-policy.yaml'), JSON.stringify(policy));
  common = {
    GATEFLEET_CONSUL_ADDRESSES: consul.address,
    GATEFLEET_CONSUL_CA_FILE: closed.caFile,
    GATEFLEET_CONSUL_TOKEN_FILE: closed.filesOf('leader').tokenFile,
    GATEFLEET_CONSUL_RESPONDER_TOKEN_FILE: closed.filesOf('responder').tokenFile,
    GATEFLEET_CERTIFICATE_POLICY_FILE: join(folder, 'certificate-policy.yaml'),
    GATEFLEET_ENCRYPTION_KEY_FILE: join(folder, 'key'),
    GATEFLEET_GATEWAY_HTTP_PORT: String(front.port),
    LOG_LEVEL: 'warn',
  };
}, 900_000);

afterAll(async () => {
  await Promise.all([consul.stop(), pebble.stop(), front.close(), answering.close()]);
  await rm(folder, { recursive: true });
});

/** @param component - whose rights it has. @defaultValue all rights */
const storeAs = (component?: string) => new ConsulKvStore({ addresses: [consul.address], ...closed.as(component) });

const stopping: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stopping.splice(0).reverse()) await stop();
});

/** A controller in this process, leading or standing by. */
async function startReplica(
  name: string,
  challengePort: number,
  ingresses = new FakeIngresses(),
  onCheckpoint: OnCheckpoint = () => undefined,
  onLog?: (line: string) => void,
) {
  const notices = new FakeNotices();
  const inbox = new FakeInbox();
  const box = new FakeTransferBox();
  const stop = new AbortController();
  const statusPort = await freePort();
  const variables = controllerVariables(
    { ...common, GATEFLEET_CHALLENGE_PORT: String(challengePort), GATEFLEET_STATUS_PORT: String(statusPort) },
    name,
  );
  const done = controller(variables, {
    store: storeAs('leader'),
    challenges: storeAs('responder'),
    ingresses,
    notices,
    inbox,
    box,
    listGateways: async () => [{ pod: 'front', node: 'here', host: '127.0.0.1', port: front.port }],
    log: onLog === undefined ? createLogger('warn') : createLogger('debug', { write: onLog }),
    host: '127.0.0.1',
    onCheckpoint,
    signal: stop.signal,
  });
  const end = async () => {
    stop.abort();
    await done;
  };
  stopping.push(end);
  const page = async (path: string) => (await fetch(`http://127.0.0.1:${statusPort}${path}`)).text();
  return { ingresses, notices, inbox, box, end, page };
}

/** A controller as a process, for a test that kills it. */
async function startProcess(hosts: readonly string[], challengePort: number, dieAt?: string): Promise<Program> {
  const statusPort = await freePort();
  const program = await startProgram({
    name: 'replica',
    file: process.execPath,
    args: [join(import.meta.dirname, '../testing/replica.ts')],
    env: {
      ...common,
      GATEFLEET_CHALLENGE_PORT: String(challengePort),
      GATEFLEET_STATUS_PORT: String(statusPort),
      TEST_INGRESSES: JSON.stringify(hosts.map((host) => ({ name: host, hosts: [host] }))),
      ...(dieAt !== undefined && { TEST_DIE_AT: dieAt }),
    },
    isReady: async () => (await fetch(`http://127.0.0.1:${statusPort}/healthz`)).ok,
  });
  stopping.push(() => program.stop());
  return program;
}

/** Waits until what is below a prefix is as wanted. */
async function until(
  prefix: string,
  isAsWanted: (entries: readonly KvEntry[]) => boolean,
): Promise<readonly KvEntry[]> {
  const stop = AbortSignal.timeout(60_000);
  for await (const entries of store.watch({ prefix }, stop)) if (isAsWanted(entries)) return entries;
  throw new Error(
    `${prefix} never came to be as wanted; there is ${(await store.keys(prefix)).join(', ') || 'nothing'}`,
  );
}

const place = (names: readonly string[]) => `traefik/tls/certificates/${certificateId(names)}/`;

/** What gateways would serve for these names. */
async function served(names: readonly string[]): Promise<X509Certificate> {
  const [certFile, keyFile] = await until(place(names), (entries) => entries.length === 2);
  const certificate = new X509Certificate(certFile?.value ?? '');
  expect(certificate.checkPrivateKey(createPrivateKey(keyFile?.value ?? ''))).toBe(true);
  for (const name of names) expect(certificate.checkHost(name)).toBe(name);
  return certificate;
}

/** What is encrypted, as the controllers read it. */
async function records(): Promise<Records> {
  return openRecords(store, await readCipher(join(folder, 'key')), knownFormats, createLogger('warn'));
}

/** Every URL that the order's record ever has, until `signal`. */
async function watchOrderUrls(id: string, seen: Set<string>, signal: AbortSignal): Promise<void> {
  const { orders } = await records();
  try {
    for await (const _ of store.watch({ key: `gatefleet/orders/${id}` }, signal)) {
      const record = (await orders.load(id, signal))?.record;
      if (record !== undefined && 'orderUrl' in record) seen.add(record.orderUrl);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

const ordersAtCa = () => pebble.output().split('Added order').length - 1;
const issuedAtCa = () => pebble.output().split('Issued certificate').length - 1;

test('an Ingress is served, is told of, goes, comes back, and costs one order', async () => {
  const replica = await startReplica('one', challengePorts[0]);
  const names = ['a.gatefleet.test', 'b.gatefleet.test'];
  const before = ordersAtCa();
  replica.ingresses.set([ingressFor(names), ingressFor(['c.example.org', 'x`.gatefleet.test'], { name: 'foreign' })]);
  const { serialNumber } = await served(names);
  await until('gatefleet/orders/', (entries) => entries.length === 0);
  await until('gatefleet/challenges/', (entries) => entries.length === 0);

  const report = CertificatesReport.parse(JSON.parse(await replica.page('/certificates')));
  expect(report.leader).toBe('one');
  expect(report.certificates).toMatchObject([
    { names, state: 'valid', ingresses: [{ namespace: 'shop', name: 'web' }], issuer: pebble.directoryUrl },
  ]);
  expect(BigInt(`0x${report.certificates[0]?.current?.serial}`)).toBe(BigInt(`0x${serialNumber}`));
  expect(replica.notices.posted.map(({ reason }) => reason)).toEqual(
    expect.arrayContaining(['ForeignDomain', 'InvalidHost', 'CertificateIssued']),
  );
  expect(await replica.page('/metrics')).toMatch(/gatefleet_certificates\{state="valid"\} 1\n/);
  expect(await replica.page('/readyz')).toBe('ok\n');

  replica.ingresses.set([]);
  await until(place(names), (entries) => entries.length === 0);
  await until('gatefleet/hosts/', (entries) => entries.every(({ value }) => value.includes('releasedAt')));
  replica.ingresses.set([ingressFor(names)]);
  expect((await served(names)).serialNumber).toBe(serialNumber);
  expect(ordersAtCa() - before).toBe(1);
}, 120_000);

test('when too much would go at once it stays, until an administrator says so', async () => {
  const replica = await startReplica('one', challengePorts[0]);
  const hosts = Array.from({ length: 11 }, (_, index) => `shrink-${index}.gatefleet.test`);
  replica.ingresses.set(hosts.map((host) => ingressFor([host], { name: host })));
  await until('traefik/tls/certificates/', (entries) => entries.length >= 22);
  replica.ingresses.set([]);
  const held = /gatefleet_certificates_held 11\n/;
  while (!held.test(await replica.page('/metrics'))) await new Promise((resolve) => setTimeout(resolve, 50));
  for (const host of hosts) await served([host]);
  replica.inbox.ask('c1', { command: 'unpublish' });
  await until('traefik/tls/certificates/', (entries) => entries.length === 0);
  expect(replica.inbox.answers.get('c1')).toMatchObject({ kind: 'done' });
}, 120_000);

test('an administrator renews a certificate and gives a host to another namespace', async () => {
  const replica = await startReplica('one', challengePorts[0]);
  const names = ['asked.gatefleet.test'];
  replica.ingresses.set([ingressFor(names), ingressFor(names, { namespace: 'blog' })]);
  const { serialNumber } = await served(names);
  replica.inbox.ask('renew', { command: 'renew', host: 'asked.gatefleet.test' });
  await until(place(names), ([certFile]) => new X509Certificate(certFile?.value ?? '').serialNumber !== serialNumber);
  replica.inbox.ask('unknown', { command: 'renew', host: 'nobody.gatefleet.test' });
  replica.inbox.ask('transfer', { command: 'transfer', host: 'asked.gatefleet.test', namespace: 'blog' });
  await until('gatefleet/hosts/', (entries) =>
    entries.some(({ key, value }) => key.endsWith('/asked.gatefleet.test') && value.includes('"blog"')),
  );
  expect([...replica.inbox.answers].map(([name, { kind }]) => [name, kind])).toEqual([
    ['renew', 'done'],
    ['unknown', 'refused'],
    ['transfer', 'done'],
  ]);
}, 120_000);

test('what an administrator holds is ordered once it may go on, and not before', async () => {
  const replica = await startReplica('one', challengePorts[0]);
  replica.inbox.ask('hold', { command: 'hold' });
  const names = ['held.gatefleet.test'];
  const before = ordersAtCa();
  replica.ingresses.set([ingressFor(names)]);
  while ((await store.get('gatefleet/hold')) === undefined) await sleep(50);
  while (!/gatefleet_first_orders_held 1\n/.test(await replica.page('/metrics'))) await sleep(50);
  expect(CertificatesReport.parse(JSON.parse(await replica.page('/certificates'))).hold?.reason).toBe('asked');
  expect(ordersAtCa()).toBe(before);
  replica.inbox.ask('resume', { command: 'resume' });
  replica.inbox.ask('again', { command: 'resume' });
  await served(names);
  expect([...replica.inbox.answers].map(([name, { kind }]) => [name, kind])).toEqual([
    ['hold', 'done'],
    ['resume', 'done'],
    ['again', 'refused'],
  ]);
}, 120_000);

test('an Ingress that gets another host is served by its old certificate until the new one is there', async () => {
  const replica = await startReplica('one', challengePorts[0]);
  const [old, both] = [['d.gatefleet.test'], ['d.gatefleet.test', 'e.gatefleet.test']];
  replica.ingresses.set([ingressFor(old)]);
  await served(old);
  let timesServed = 0;
  const watching = until('traefik/tls/certificates/', (entries) => {
    const ids = new Set(entries.map(({ key }) => key.split('/')[3]));
    const hasAny = ids.has(certificateId(old)) || ids.has(certificateId(both));
    timesServed = hasAny ? timesServed + 1 : -Infinity;
    return ids.has(certificateId(both)) && !ids.has(certificateId(old));
  });
  replica.ingresses.set([ingressFor(both)]);
  await watching;
  expect(timesServed).toBeGreaterThan(0);
}, 120_000);

test('the standby takes over at once, and nothing is ordered again', async () => {
  const names = ['f.gatefleet.test'];
  const ingresses = new FakeIngresses([ingressFor(names)]);
  const first = await startReplica('first', challengePorts[0], ingresses);
  const { serialNumber } = await served(names);
  const second = await startReplica('second', challengePorts[1], ingresses);
  const before = ordersAtCa();
  await first.end();
  const next = ['g.gatefleet.test'];
  ingresses.set([ingressFor(names), ingressFor(next, { name: 'next' })]);
  await served(next);
  expect((await served(names)).serialNumber).toBe(serialNumber);
  expect(ordersAtCa() - before).toBe(1);
  expect(CertificatesReport.parse(JSON.parse(await second.page('/certificates'))).leader).toBe('second');
}, 120_000);

test.each(checkpoints)(
  'given SIGKILL at "%s", the next leader brings the same order to its end, with the same key',
  async (checkpoint) => {
    const host = `at-${checkpoint}.gatefleet.test`;
    const id = certificateId([host]);
    const [placedBefore, issuedBefore] = [ordersAtCa(), issuedAtCa()];
    const doomed = await startProcess([host], challengePorts[0], checkpoint);
    await expect(doomed.exited()).resolves.toBe('SIGKILL');
    const { orders, certificates } = await records();
    const stop = AbortSignal.timeout(60_000);
    const order = (await orders.load(id, stop))?.record;
    const certificate = (await certificates.load(id, stop))?.record;
    const left = order !== undefined && 'privateKey' in order ? order : certificate;
    expect(left?.privateKey).toContain('PRIVATE KEY');
    const seen = new Set<string>();
    const watching = new AbortController();
    const urls = watchOrderUrls(id, seen, watching.signal);

    await startProcess([host], challengePorts[1]);
    await served([host]);
    await until('gatefleet/orders/', (entries) => entries.length === 0);
    watching.abort();
    await urls;
    expect((await certificates.load(id, stop))?.record.privateKey).toBe(left?.privateKey);
    expect((await until(place([host]), (entries) => entries.length === 2))[1]?.value).toBe(left?.privateKey);
    if (order !== undefined && 'orderUrl' in order) seen.add(order.orderUrl);
    expect(seen.size).toBeLessThanOrEqual(1);
    expect(ordersAtCa() - placedBefore).toBe(1);
    expect(issuedAtCa() - issuedBefore).toBe(1);
  },
  120_000,
);

test('given a leader that ended between keeping and publishing a renewal, the next one publishes it', async () => {
  const names = ['renewed.gatefleet.test'];
  const ingresses = new FakeIngresses([ingressFor(names)]);
  let isRenewal = false;
  const { promise: kept, resolve: keep } = Promise.withResolvers<void>();
  const first = await startReplica('first', challengePorts[0], ingresses, (checkpoint) => {
    if (!isRenewal || checkpoint !== 'kept') return undefined;
    keep();
    return new Promise(() => undefined);
  });
  const { serialNumber } = await served(names);
  isRenewal = true;
  first.inbox.ask('renew', { command: 'renew', host: 'renewed.gatefleet.test' });
  await kept;
  await first.end();
  await startReplica('second', challengePorts[1], ingresses);
  await until(place(names), ([certFile]) => new X509Certificate(certFile?.value ?? '').serialNumber !== serialNumber);
  await served(names);
}, 120_000);

test('a certificate that is to be revoked is replaced first, and the account key is rolled over', async () => {
  const names = ['revoked.gatefleet.test'];
  const replica = await startReplica('one', challengePorts[0], new FakeIngresses([ingressFor(names)]));
  const { serialNumber } = await served(names);
  const stop = AbortSignal.timeout(60_000);
  const { accounts, certificates } = await records();
  const [before] = await accounts.list(stop);
  replica.inbox.ask('revoke', { command: 'revoke', host: 'revoked.gatefleet.test', reason: 'keyCompromise' });
  await until(place(names), ([certFile]) => new X509Certificate(certFile?.value ?? '').serialNumber !== serialNumber);
  const kept = async () => (await certificates.load(certificateId(names), stop))?.record;
  while ((await kept())?.toRevoke !== undefined) await sleep(50);
  expect(pebble.output()).toMatch(/revoke/i);
  replica.inbox.ask('roll', { command: 'roll-account-key' });
  while (!replica.inbox.answers.has('roll')) await sleep(50);
  expect([...replica.inbox.answers.values()].map(({ kind }) => kind)).toEqual(['done', 'done']);
  const [after] = await accounts.list(stop);
  expect(after?.record.url).toBe(before?.record.url);
  expect(after?.record.privateKey).not.toBe(before?.record.privateKey);
  replica.ingresses.set([ingressFor(names), ingressFor(['rolled.gatefleet.test'], { name: 'rolled' })]);
  await served(['rolled.gatefleet.test']);
}, 120_000);

test('given twenty at once and leaders that are killed, each is issued once', async () => {
  const hosts = Array.from({ length: 20 }, (_, i) => `many-${i}.gatefleet.test`);
  const [placedBefore, issuedBefore] = [ordersAtCa(), issuedAtCa()];
  for (let kills = 0; kills < 3; kills += 1) {
    const doomed = await startProcess(hosts, challengePorts[0]);
    await until(
      'traefik/tls/certificates/',
      (entries) => hosts.filter((host) => entries.some(({ key }) => key.startsWith(place([host])))).length > kills * 3,
    );
    await doomed.stop('SIGKILL');
  }
  await startProcess(hosts, challengePorts[0]);
  for (const host of hosts) await served([host]);
  expect(issuedAtCa() - issuedBefore).toBe(20);
  expect(ordersAtCa() - placedBefore).toBe(20);
}, 240_000);

test('nothing below gatefleet/, in logs, Events, metrics or reports shows a private key', async () => {
  const lines: string[] = [];
  const replica = await startReplica('one', challengePorts[0], new FakeIngresses(), undefined, (line) =>
    lines.push(line),
  );
  const good = ['secret.gatefleet.test'];
  // What goes wrong is told at more length than what goes well.
  replica.ingresses.set([ingressFor(good), ingressFor(['x`.gatefleet.test', 'y.example.org'], { name: 'bad' })]);
  await served(good);
  const isOrdered = (entries: readonly KvEntry[]) => entries.some(({ key }) => key.endsWith(certificateId(good)));
  const underWay = until('gatefleet/orders/', isOrdered);
  replica.inbox.ask('renew', { command: 'renew', host: good[0] ?? '' });
  replica.inbox.ask('export', { command: 'export' });
  await underWay;
  const cipher = await readCipher(common['GATEFLEET_ENCRYPTION_KEY_FILE'] ?? '');
  const records = openRecords(store, cipher, knownFormats, createLogger('fatal'));
  const limit = AbortSignal.timeout(60_000);
  const all = [...(await records.accounts.list(limit)), ...(await records.orders.list(limit))];
  const kept = [...(await records.certificates.list(limit)), ...(await records.snapshot.list(limit))];
  const keys = [...all, ...kept].flatMap(({ record }) => ('privateKey' in record ? [record.privateKey] : []));
  expect(keys.length).toBeGreaterThan(1);
  await until('gatefleet/orders/', (entries) => !isOrdered(entries));
  while (!replica.inbox.answers.has('export')) await new Promise((resolve) => setTimeout(resolve, 20));

  const places = {
    store: (await store.list('gatefleet/')).map(({ key, value }) => `${key} ${value}`).join('\n'),
    log: lines.join(''),
    events: JSON.stringify(replica.notices.posted),
    answers: JSON.stringify([...replica.inbox.answers]),
    metrics: await replica.page('/metrics'),
    report: await replica.page('/certificates'),
  };
  for (const [place, text] of Object.entries(places)) {
    expect([place, text.length > 0]).toEqual([place, true]);
    for (const key of keys) expect([place, findKey(text, key)]).toEqual([place, undefined]);
  }
  const found = keys.filter((key) => findKey(JSON.stringify(replica.box.page), key) !== undefined);
  expect(found.length).toBeGreaterThan(0);
}, 120_000);
