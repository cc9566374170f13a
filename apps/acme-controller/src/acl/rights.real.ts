import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ConsulAcl, ConsulKvStore } from '@gatefleet/consul-kv';
import {
  closedConsul,
  policiesFolder,
  startConsul,
  startConsulCluster,
  startTraefik,
  type ConsulProgram,
} from '@gatefleet/test-programs';
import { consulAcl } from '../commands/consul-acl.ts';
import { storeconfig } from '../commands/storeconfig.ts';
import { consulAclVariables, storeconfigVariables } from '../config/environment.ts';
import { createLogger } from '../log.ts';

const components = ['leader', 'responder', 'traefik', 'storeconfig', 'server', 'monitoring', 'backup'] as const;
type Name = (typeof components)[number];
/** Beside the components: a request without a token, and one with a token that nobody registered. */
type Caller = Name | 'anonymous' | 'unknown';
const callers: readonly Caller[] = ['anonymous', 'unknown', ...components];
const known: readonly Caller[] = ['anonymous', ...components];

let folder: string;
let consul: ConsulProgram;
let management: string;
let caFile: string;
let tokens: ReadonlyMap<string, string>;
const lines: string[] = [];
const log = createLogger('debug', { write: (line) => void lines.push(line) });
const signal = AbortSignal.timeout(600_000);

const ca = () => readFile(caFile, 'utf8');

/** A file for each component, as Secrets are mounted. */
async function writeTokens(where: string): Promise<ReadonlyMap<string, string>> {
  const made = components.map((name) => [name, randomUUID()] as const);
  for (const [name, token] of made) await writeFile(join(where, name), `${token}\n`, { mode: 0o600 });
  return new Map(made);
}

async function register(address: string, token: string, tokensFolder = join(folder, 'tokens')): Promise<void> {
  const acl = new ConsulAcl({ addresses: [address], ca, token: async () => token });
  const deps = { acl, management: async () => [token], log, signal };
  const variables = consulAclVariables({
    GATEFLEET_CONSUL_POLICIES_FOLDER: policiesFolder,
    GATEFLEET_CONSUL_TOKENS_FOLDER: tokensFolder,
  });
  await consulAcl(variables, deps);
}

const storeOf = (name: Name) =>
  new ConsulKvStore({ addresses: [consul.address], ca, token: async () => tokens.get(name), watchSeconds: 2 });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatefleet-rights-'));
  const closed = await closedConsul(folder);
  ({ management, caFile } = closed);
  consul = await startConsul(closed);
  tokens = new Map([...closed.tokens, ['unknown', randomUUID()]]);
  await register(consul.address, management);
}, 600_000);
afterAll(async () => {
  await consul.stop();
  await rm(folder, { recursive: true });
});

interface Attempt {
  /** What is sent: method, path, body. */
  readonly send: readonly ['GET' | 'POST' | 'PUT' | 'DELETE', string, unknown?];
  /** Who may. Everybody else is to be refused. */
  readonly may: readonly Caller[];
}

const set = (key: string) => [{ KV: { Verb: 'set', Key: key, Value: 'MQ==' } }];

const attempts: readonly Attempt[] = [
  { send: ['GET', '/v1/kv/gatefleet/accounts/ca?consistent'], may: ['leader'] },
  { send: ['GET', '/v1/kv/gatefleet/certificates/a'], may: ['leader'] },
  { send: ['GET', '/v1/kv/gatefleet/orders/a'], may: ['leader'] },
  { send: ['GET', '/v1/kv/gatefleet/challenges/a?consistent'], may: ['leader', 'responder'] },
  { send: ['GET', '/v1/kv/gatefleet/challenges/?recurse'], may: ['leader'] },
  { send: ['GET', '/v1/kv/gatefleet/?keys'], may: ['leader'] },
  { send: ['GET', '/v1/kv/?recurse'], may: [] },
  { send: ['GET', '/v1/kv/traefik?recurse'], may: ['traefik'] },
  { send: ['GET', '/v1/kv/traefik/tls/certificates/?recurse'], may: ['leader', 'traefik'] },
  { send: ['GET', '/v1/kv/traefik/tls/certificates/a/keyFile'], may: ['leader', 'traefik'] },
  { send: ['GET', '/v1/kv/traefik/http/?recurse'], may: ['storeconfig', 'traefik'] },
  { send: ['GET', '/v1/kv/consul/leave/.lock'], may: ['server'] },
  { send: ['PUT', '/v1/kv/gatefleet/leader', 'me'], may: ['leader'] },
  { send: ['PUT', '/v1/kv/gatefleet/challenges/b', 'b'], may: ['leader'] },
  { send: ['PUT', '/v1/txn', set('gatefleet/ledger/b')], may: ['leader'] },
  { send: ['PUT', '/v1/txn', set('traefik/tls/certificates/b/keyFile')], may: ['leader'] },
  { send: ['PUT', '/v1/kv/traefik/tls/certificates/b/certFile', 'b'], may: ['leader'] },
  { send: ['PUT', '/v1/kv/traefik/http/routers/b/rule', 'b'], may: ['storeconfig'] },
  { send: ['PUT', '/v1/kv/traefik/tcp/routers/b/rule', 'b'], may: [] },
  { send: ['PUT', '/v1/kv/other', 'b'], may: [] },
  { send: ['PUT', '/v1/kv/consul/leave/.lock', 'b'], may: ['server'] },
  { send: ['DELETE', '/v1/kv/gatefleet/certificates/b'], may: ['leader'] },
  { send: ['DELETE', '/v1/kv/traefik/tls/certificates/?recurse'], may: ['leader'] },
  { send: ['DELETE', '/v1/kv/?recurse'], may: [] },
  { send: ['PUT', '/v1/session/create', { TTL: '10s', NodeChecks: [] }], may: ['leader', 'server'] },
  { send: ['PUT', '/v1/session/create', { Node: 'elsewhere', TTL: '10s', NodeChecks: [] }], may: [] },
  { send: ['GET', '/v1/session/list'], may: [] },
  { send: ['GET', '/v1/agent/metrics?format=prometheus'], may: ['monitoring', 'server'] },
  { send: ['GET', '/v1/agent/self'], may: ['monitoring', 'server'] },
  { send: ['GET', '/v1/agent/monitor'], may: [] },
  { send: ['PUT', '/v1/agent/reload'], may: ['server'] },
  { send: ['PUT', '/v1/agent/token/agent', { Token: 'x' }], may: [] },
  { send: ['PUT', '/v1/agent/service/register', { Name: 'x' }], may: [] },
  { send: ['PUT', '/v1/agent/force-leave/consul-1'], may: [] },
  { send: ['GET', '/v1/operator/raft/configuration'], may: ['server'] },
  { send: ['GET', '/v1/operator/autopilot/state'], may: ['server'] },
  { send: ['DELETE', '/v1/operator/raft/peer?id=x'], may: [] },
  { send: ['POST', '/v1/operator/raft/transfer-leader'], may: [] },
  { send: ['GET', '/v1/operator/keyring'], may: [] },
  { send: ['GET', '/v1/acl/token/self'], may: components },
  { send: ['GET', '/v1/acl/tokens'], may: ['backup'] },
  { send: ['PUT', '/v1/acl/token', { Description: 'another' }], may: ['backup'] },
  { send: ['GET', '/v1/acl/policies'], may: ['backup'] },
  { send: ['PUT', '/v1/acl/bootstrap'], may: [] },
  { send: ['POST', '/v1/acl/login', {}], may: [] },
  { send: ['GET', '/v1/snapshot'], may: ['backup'] },
  { send: ['GET', '/v1/catalog/nodes'], may: [] },
  { send: ['PUT', '/v1/catalog/register', { Node: 'x', Address: '127.0.0.1' }], may: [] },
  { send: ['GET', '/v1/health/state/any'], may: [] },
  { send: ['PUT', '/v1/event/fire/x'], may: [] },
  { send: ['GET', '/v1/query'], may: [] },
  { send: ['GET', '/v1/coordinate/nodes'], may: [] },
  { send: ['GET', '/v1/connect/ca/roots'], may: [] },
  { send: ['GET', '/v1/config/service-defaults'], may: [] },
  { send: ['GET', '/v1/internal/ui/services'], may: [] },
  { send: ['GET', '/v1/peerings'], may: [] },
  { send: ['GET', '/v1/status/peers'], may: [] },
  { send: ['GET', '/debug/pprof/heap'], may: ['server'] },
  { send: ['GET', '/ui/'], may: [] },
  // What kubelet asks, who has no token: the one names the leader, the other is empty.
  { send: ['GET', '/v1/status/leader'], may: callers },
  { send: ['GET', '/v1/catalog/services'], may: known },
];

test.each(
  attempts.map(({ send, may }) => ({
    what: send.slice(0, 2).join(' '),
    who: may.length === 0 ? 'nobody' : `${may.join(', ')} and nobody else`,
    send,
    may,
  })),
)('$what is allowed to $who', async ({ what, send: [method, path, body], may }) => {
  const done: Caller[] = [];
  for (const caller of callers) {
    const token = tokens.get(caller);
    const answer = await fetch(`${consul.address}${path}`, {
      method,
      signal: AbortSignal.timeout(20_000),
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(token !== undefined && { headers: { 'X-Consul-Token': token } }),
    });
    const text = await answer.text();
    const isRefused = answer.status === 403 || /permission denied/i.test(text) || path === '/ui/';
    if (isRefused) {
      const why = text.split('\n')[0]?.replace(/'[0-9a-f-]{36}'/, '(accessor)');
      process.stderr.write(`${caller.padEnd(11)} ${what.padEnd(52)} ${answer.status} ${why}\n`);
    } else {
      if (![200, 404].includes(answer.status)) throw new Error(`${caller}: ${answer.status} ${text.slice(0, 300)}`);
      done.push(caller);
    }
  }
  expect(done).toEqual(callers.filter((caller) => may.includes(caller)));
});

test('a caller without a token sees no node and no service', async () => {
  const answer = await fetch(`${consul.address}/v1/catalog/services`);
  expect(await answer.text()).toBe('{}');
  expect(await (await fetch(`${consul.address}/v1/agent/members`)).text()).toBe('[]');
});

test('a second run changes nothing, and mends what somebody changed', async () => {
  const acl = new ConsulAcl({ addresses: [consul.address], ca, token: async () => management });
  const ours = async () => (await acl.tokens()).filter(({ description }) => description.startsWith('gatefleet-'));
  const before = await ours();
  expect(before).toHaveLength(components.length);
  const traefik = before.find(({ description }) => description === 'gatefleet-traefik');
  if (traefik === undefined) throw new Error('Traefik has no token');
  await acl.writeToken({ ...traefik, policies: ['gatefleet-traefik', 'gatefleet-leader'] }, traefik.accessor);
  await register(consul.address, management);
  expect(await ours()).toEqual(before);
});

test('nothing that is logged has a token in it', () => {
  const logged = lines.join('') + consul.output();
  expect(logged).toContain('wrote the token');
  for (const token of [management, ...tokens.values()]) expect(logged).not.toContain(token);
});

test('the leader has what a term needs, by its own token', async () => {
  const store = storeOf('leader');
  const session = await store.createSession({ name: 'test', ttlSeconds: 10, lockDelaySeconds: 0 });
  expect(await store.acquire('gatefleet/leader', 'me', session)).toEqual({ kind: 'acquired' });
  const written = await store.transact([
    { kind: 'check-session', key: 'gatefleet/leader', session },
    { kind: 'cas', key: 'gatefleet/certificates/c', value: '1', ifIndex: 0 },
    { kind: 'set', key: 'traefik/tls/certificates/c/certFile', value: '1' },
    { kind: 'delete', key: 'gatefleet/challenges/b' },
  ]);
  expect(written.kind).toBe('committed');
  expect(await store.renewSession(session)).toBe('renewed');
  await store.release('gatefleet/leader', session);
  await store.destroySession(session);
});

test('a token that Consul does not know yet is waited for', async () => {
  const another = await mkdtemp(join(folder, 'late-'));
  const late = await writeTokens(another);
  const store = new ConsulKvStore({ addresses: [consul.address], ca, token: async () => late.get('storeconfig') });
  await expect(store.get('traefik/http/x')).rejects.toMatchObject({ code: 'UNKNOWN_TOKEN', isRetryable: true });
  const waiting = storeconfig(storeconfigVariables({}), { store, log, signal });
  await sleep(500);
  await register(consul.address, management, another);
  await waiting;
  tokens = new Map([...tokens, ...late]);
});

test('the tokens that were replaced live until the next run, and no longer', async () => {
  const files = await readFile(join(folder, 'tokens/leader'), 'utf8');
  const old = new ConsulKvStore({ addresses: [consul.address], ca, token: async () => files.trim() });
  await expect(old.get('gatefleet/leader')).resolves.toBeDefined();
  for (const name of components) await writeFile(join(folder, 'tokens', name), tokens.get(name) ?? '');
  await register(consul.address, management);
  await expect(old.get('gatefleet/leader')).rejects.toMatchObject({ code: 'UNKNOWN_TOKEN' });
});

test('a gateway with its token file takes over the routes', async () => {
  await using gateway = await startTraefik(consul.address, { tokenFile: join(folder, 'tokens/traefik'), caFile });
  const redirect = async () => {
    const answer = await fetch(`http://127.0.0.1:${gateway.web}/`, { redirect: 'manual' });
    return answer.status;
  };
  let status = await redirect();
  while (status !== 301) {
    await sleep(100);
    status = await redirect();
  }
});

test('servers with an older state take over new tokens, as after a restore or a lost namespace', async () => {
  const older = await closedConsul(folder);
  let token = older.management;
  await using cluster = await startConsulCluster({ ...older, token: () => token });
  await register(cluster.addresses[0], token);
  const servers = [0, 1, 2] as const;
  await Promise.all(servers.map((which) => cluster.kill(which)));

  const newer = await closedConsul(folder); // in the same files
  token = newer.management;
  await Promise.all(servers.map((which) => cluster.start(which)));
  await cluster.ready(3);
  await register(cluster.addresses[0], token);
  await register(cluster.addresses[0], token);
  const leader = (secret: string | undefined) =>
    new ConsulKvStore({ addresses: [...cluster.addresses], ca, token: async () => secret });
  expect(await leader(newer.tokens.get('leader')).put('gatefleet/a', '1', 0)).toEqual({ kind: 'written' });
  for (const old of [older.tokens.get('leader'), older.management])
    await expect(leader(old).get('gatefleet/a')).rejects.toMatchObject({ code: 'UNKNOWN_TOKEN' });
});
