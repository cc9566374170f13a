import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, getCACertificates, setDefaultCACertificates, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ConsulKvStore, KvError } from '@gatefleet/consul-kv';
import { closedConsul, startConsulCluster, startTraefik, type ConsulCluster } from '@gatefleet/test-programs';
import { storeconfig } from '../commands/storeconfig.ts';
import { storeconfigVariables } from '../config/environment.ts';
import { createLogger } from '../log.ts';
import { alertQueries, panelQueries, readQuery } from '../testing/monitoring-queries.ts';
import { issueCertificate, makeAuthority, type KeyPair } from './authority.ts';
import { serverNames } from './keep-certificates.ts';

const DAY_MS = 86_400_000;
const servers = [0, 1, 2] as const;
const names = serverNames('gatefleet');

let folder: string;
let management: string;
let cluster: ConsulCluster;
let authority: KeyPair;

const newAuthority = () => makeAuthority(new Date(), 3_650 * DAY_MS);
const issue = (by: KeyPair, given = names) => issueCertificate(by, given, { now: new Date(), lifeMs: 90 * DAY_MS });

/** As kubelet brings Secrets: all files at once, by a link to another folder. */
async function bring(authorities: readonly KeyPair[], pair?: KeyPair): Promise<void> {
  const files = {
    'ca.crt': authorities.map(({ certificate }) => certificate).join(''),
    'tls.crt': pair?.certificate ?? (await readFile(join(folder, 'tls.crt'))),
    'tls.key': pair?.key ?? (await readFile(join(folder, 'tls.key'))),
  };
  const to = await mkdtemp(join(folder, '..secrets-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(to, name), text, { mode: 0o600 });
  await symlink(to, join(folder, '..new'));
  await rename(join(folder, '..new'), join(folder, '..data'));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatefleet-certificates-'));
  const closed = await closedConsul(folder);
  management = closed.management;
  authority = await newAuthority();
  await bring([authority], await issue(authority));
  for (const name of ['ca.crt', 'tls.crt', 'tls.key']) {
    await rm(join(folder, name));
    await symlink(join('..data', name), join(folder, name));
  }
  setDefaultCACertificates([...getCACertificates('default'), authority.certificate]);
  cluster = await startConsulCluster({ ...closed, token: () => management });
}, 600_000);
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const addressOf = (which: 0 | 1 | 2) => cluster.addresses[which];
const ask = (path: string) => fetch(`${addressOf(0)}${path}`, { headers: { 'X-Consul-Token': management } });
const storeOf = (ca: () => Promise<string>, host = '127.0.0.1') =>
  new ConsulKvStore({
    addresses: cluster.addresses.map((address) => address.replace('127.0.0.1', host)),
    ca,
    token: async () => management,
  });

/** By a connection of its own, which ends with it: a server takes 200 of them from one address. */
function askAnew(ca: string): Promise<void> {
  const url = `${addressOf(servers[Math.floor(Math.random() * servers.length)] ?? 0)}/v1/status/leader`;
  return new Promise((resolve, reject) => {
    get(url, { ca, agent: false }, (answer) => answer.resume().once('end', resolve)).once('error', reject);
  });
}

async function connected(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

/** Which certificate a server shows at its HTTPS port. */
async function serialOf(which: 0 | 1 | 2): Promise<string> {
  const socket = await connected(Number(new URL(addressOf(which)).port), { rejectUnauthorized: false });
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

test('HTTP is spoken over TLS 1.3 alone', async () => {
  const plain = await fetch(`${addressOf(0).replace('https', 'http')}/v1/status/leader`);
  expect([plain.status, (await plain.text()).trim()]).toEqual([400, 'Client sent an HTTP request to an HTTPS server.']);
  const port = Number(new URL(addressOf(0)).port);
  await expect(connected(port, { rejectUnauthorized: false, maxVersion: 'TLSv1.2' })).rejects.toMatchObject({
    code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  });
});

test.each([
  { given: 'the CA', ca: async () => authority.certificate, host: '127.0.0.1', outcome: 'verified' },
  {
    given: 'the CA, and a name of theirs',
    ca: async () => authority.certificate,
    host: 'localhost',
    outcome: 'verified',
  },
  { given: 'another CA', ca: async () => (await newAuthority()).certificate, host: '127.0.0.1', outcome: 'UNVERIFIED' },
  {
    given: 'public CAs',
    ca: async () => getCACertificates('bundled').join('\n'),
    host: '127.0.0.1',
    outcome: 'UNVERIFIED',
  },
])('by a client that trusts $given the servers are $outcome', async ({ ca, host, outcome }) => {
  const seen = await storeOf(ca, host)
    .get('a')
    .then(
      () => 'verified',
      (error: unknown) => (error instanceof KvError ? error.code : error),
    );
  expect(seen).toBe(outcome);
});

test.each([
  { trusted: 'their CA', ca: async () => authority, status: 301 },
  { trusted: 'another CA', ca: newAuthority, status: 404 },
])('a gateway that trusts $trusted answers $status to what they would have it redirect', async ({ ca, status }) => {
  const log = createLogger('error');
  const store = storeOf(async () => authority.certificate);
  await storeconfig(storeconfigVariables({}), { store, log, signal: AbortSignal.timeout(60_000) });
  const [caFile, tokenFile] = [join(folder, 'gateway.crt'), join(folder, 'token')];
  await writeFile(caFile, (await ca()).certificate);
  await writeFile(tokenFile, management, { mode: 0o600 });
  await using gateway = await startTraefik(addressOf(0), { tokenFile, caFile });
  const answer = async () => (await fetch(`http://127.0.0.1:${gateway.web}/`, { redirect: 'manual' })).status;
  const isDone = async () =>
    status === 404 ? gateway.output().includes('certificate signed by unknown authority') : (await answer()) === status;
  while (!(await isDone())) await sleep(50);
  expect(await answer()).toBe(status);
});

test('a server exports what is asked of it: for how long its certificate is good', async () => {
  const asked = [...(await alertQueries()), ...(await panelQueries())].flatMap((query) => readQuery(query).metrics);
  const [name, ...others] = asked.filter((metric) => metric.startsWith('consul_'));
  expect(others).toEqual([]);
  const exported = await (await ask('/v1/agent/metrics?format=prometheus')).text();
  const seconds = Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(exported)?.[1]);
  expect(Math.round((seconds * 1_000) / DAY_MS)).toBe(90);
});

/** The first byte on a connection between servers says what for. */
const RPC = { raft: Buffer.of(1), tls: Buffer.of(3) };

/** Whether a server goes on talking Raft to who comes with this: it hangs up on who may not. */
async function talksRaft(pair: KeyPair | undefined, port: number): Promise<'goes on' | 'hangs up'> {
  const raw = connectPlain(port, '127.0.0.1');
  await once(raw, 'connect');
  const closed = new Promise<'hangs up'>((resolve) => {
    raw.once('close', () => resolve('hangs up'));
    raw.on('error', () => undefined);
  });
  try {
    if (pair === undefined) {
      raw.write(RPC.raft);
      return await Promise.race([closed, sleep(2_000, 'goes on' as const)]);
    }
    raw.write(RPC.tls);
    const { certificate: cert, key } = pair;
    const secure = connect({ socket: raw, cert, key, rejectUnauthorized: false });
    secure.on('error', () => undefined);
    secure.once('secureConnect', () => secure.write(RPC.raft));
    return await Promise.race([closed, sleep(2_000, 'goes on' as const)]);
  } finally {
    raw.destroy();
  }
}

async function raftPorts(): Promise<readonly number[]> {
  const { Servers } = (await (await ask('/v1/operator/raft/configuration')).json()) as {
    Servers: readonly { Address: string }[];
  };
  return Servers.map(({ Address }) => Number(Address.split(':')[1]));
}

test.each([
  { who: 'a server', pair: () => issue(authority), outcome: 'goes on' },
  { who: 'who has a certificate of another CA', pair: async () => issue(await newAuthority()), outcome: 'hangs up' },
  {
    who: 'who has a certificate for another name',
    pair: () => issue(authority, ['web.dc1.consul']),
    outcome: 'hangs up',
  },
  { who: 'who speaks no TLS', pair: async () => undefined, outcome: 'hangs up' },
])('asked for Raft by $who, a server $outcome', async ({ pair, outcome }) => {
  for (const port of await raftPorts()) expect(await talksRaft(await pair(), port)).toBe(outcome);
});

test('certificates and the CA are replaced while servers and clients run, and no request fails', async () => {
  const ca = () => readFile(join(folder, 'ca.crt'), 'utf8');
  const [store, ports] = [storeOf(ca), await raftPorts()];
  const stop = new AbortController();
  let [asked, failed] = [0, 0];
  const asking = [0, 1, 2, 3].map(async (client) => {
    for (let count = 0; !stop.signal.aborted; count += 1) {
      const asks = count % 2 === 0 ? store.put(`certificates/${client}/${count}`, 'x', 0) : askAnew(await ca());
      await asks.catch((error: unknown) => {
        failed += 1;
        process.stderr.write(`${String(error)}\n`);
      });
      asked += 1;
      await sleep(20);
    }
  });
  const served = async (pair: KeyPair) => {
    const { serialNumber } = new X509Certificate(pair.certificate);
    for (const which of servers) while ((await serialOf(which)) !== serialNumber) await sleep(50);
  };

  /** Comes back when all servers take who comes with this for one of them, or no longer do. */
  const taken = async (pair: KeyPair, outcome: 'goes on' | 'hangs up') => {
    for (const port of ports) while ((await talksRaft(pair, port)) !== outcome) await sleep(50);
  };

  try {
    const [renewed, next] = [await issue(authority), await newAuthority()];
    await bring([authority], renewed);
    await served(renewed);
    // As docs/operations/store.md says: trusted, shown, and only then the other is forgotten.
    await bring([authority, next]);
    const ofNext = await issue(next);
    await taken(ofNext, 'goes on');
    await bring([authority, next], ofNext);
    await served(ofNext);
    await bring([next]);
    await taken(renewed, 'hangs up');
    setDefaultCACertificates([...getCACertificates('default'), next.certificate]);
  } finally {
    stop.abort();
    await Promise.all(asking);
  }
  process.stderr.write(`${asked} requests while certificates were replaced, ${failed} failed\n`);
  expect(asked).toBeGreaterThan(100);
  expect(failed).toBe(0);

  await cluster.kill(2);
  await cluster.start(2);
  await cluster.ready(3);
}, 180_000);
