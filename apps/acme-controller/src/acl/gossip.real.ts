import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { closedConsul, freePort, startConsulCluster, startProgram, type ConsulCluster } from '@gatefleet/test-programs';
import { ensureTools } from '@gatefleet/toolchain';
import { consulSecrets } from './consul-secrets.ts';

let folder: string;
let cluster: ConsulCluster;
let management: string;
let gossipFile: string;

/** As create-secrets makes it for the servers. */
const newKey = () =>
  consulSecrets([])
    .find(({ name }) => name === 'consul-gossip-key')
    ?.make()['config.json'] ?? '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatefleet-gossip-'));
  const closed = await closedConsul(folder);
  management = closed.management;
  gossipFile = join(folder, 'gossip.json');
  await writeFile(gossipFile, newKey());
  cluster = await startConsulCluster({ settings: closed.settings, token: () => management });
}, 600_000);
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const members = async () => {
  const answer = await fetch(`${cluster.addresses[0]}/v1/agent/members`, {
    headers: { 'X-Consul-Token': management },
  });
  return ((await answer.json()) as { Name: string; Port: number }[]).toSorted((a, b) => a.Name.localeCompare(b.Name));
};

/** An agent that asks the servers to take it in, and gives up after four times. */
async function joinAs(node: string, settings: readonly string[]) {
  const { consul } = await ensureTools(['consul']);
  const [http, serf] = [await freePort(), await freePort()];
  const data = join(folder, node);
  await mkdir(data);
  const [first] = await members();
  return startProgram({
    name: node,
    file: consul.path,
    args: [
      'agent',
      `-node=${node}`,
      `-data-dir=${data}`,
      '-disable-host-node-id',
      '-bind=127.0.0.1',
      `-http-port=${http}`,
      `-serf-lan-port=${serf}`,
      '-hcl=ports { dns = -1, grpc = -1, grpc_tls = -1, serf_wan = -1 }',
      `-retry-join=127.0.0.1:${first?.Port}`,
      '-retry-interval=1s',
      '-retry-max=3',
      ...settings.map((file) => `-config-file=${file}`),
    ],
    isReady: async () => (await members()).some(({ Name }) => Name === node),
  });
}

test('servers with the key are one cluster', async () => {
  expect((await members()).map(({ Name }) => Name)).toEqual(['consul-0', 'consul-1', 'consul-2']);
  await using _ = await joinAs('friend', [gossipFile]);
  expect((await members()).map(({ Name }) => Name)).toContain('friend');
});

test.each([
  {
    given: 'no key',
    node: 'without',
    settings: '{}',
    why: 'Remote state is encrypted and encryption is not configured',
  },
  { given: 'another key', node: 'another', settings: newKey(), why: 'No installed keys could decrypt the message' },
])('an agent with $given is not taken in', async ({ node, settings, why }) => {
  const file = join(folder, `${node}.json`);
  await writeFile(file, settings);
  await expect(joinAs(node, [file])).rejects.toThrow(
    new RegExp(`ended with 1\\n.*${why}.*max join LAN retry exhausted`, 's'),
  );
  expect((await members()).map(({ Name }) => Name)).not.toContain(node);
});

test('the key is replaced while the servers run, and one that starts again has the new one alone', async () => {
  const { consul } = await ensureTools(['consul']);
  const keyOf = (settings: string) => (JSON.parse(settings) as { encrypt: string }).encrypt;
  const [former, next] = [await readFile(gossipFile, 'utf8'), newKey()];
  const tokenFile = join(folder, 'token');
  await writeFile(tokenFile, management, { mode: 0o600 });
  for (const [action, key] of [
    ['-install', next],
    ['-use', next],
    ['-remove', former],
  ] as const) {
    const env = { CONSUL_HTTP_ADDR: cluster.addresses[0], CONSUL_CACERT: join(folder, 'ca.crt') };
    await promisify(execFile)(consul.path, ['keyring', `-token-file=${tokenFile}`, action, keyOf(key)], { env });
  }
  const formerFile = join(folder, 'former.json');
  await writeFile(formerFile, former);
  await expect(joinAs('former', [formerFile])).rejects.toThrow('No installed keys could decrypt the message');
  await writeFile(gossipFile, next);
  await cluster.kill(2);
  await cluster.start(2);
  await cluster.ready(3);
  await using _ = await joinAs('successor', [gossipFile]);
  expect((await members()).map(({ Name }) => Name)).toContain('successor');
}, 120_000);
