import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { gossipKeySecret } from '@gatefleet/certificate-commands';
import { ConsulKeyring } from '@gatefleet/consul-kv';
import { closedConsul, freePort, startConsulCluster, startProgram, type ConsulCluster } from '@gatefleet/test-programs';
import { ensureTools } from '@gatefleet/toolchain';
import { gossipRing } from '../commands/gossip-ring.ts';
import { createLogger } from '../log.ts';

let folder: string;
let cluster: ConsulCluster;
let management: string;
let gossipFile: string;
let caFile: string;

/** As the servers read it. */
const configurationOf = (key: string) => gossipKeySecret.contentOf([key])['config.json'] ?? '';
const newKey = () => configurationOf(gossipKeySecret.fresh());

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatefleet-gossip-'));
  const closed = await closedConsul(folder);
  ({ management, caFile } = closed);
  gossipFile = join(folder, 'gossip.json');
  await writeFile(gossipFile, newKey());
  cluster = await startConsulCluster({ ...closed, token: () => management });
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
  const former = (JSON.parse(await readFile(gossipFile, 'utf8')) as { encrypt: string }).encrypt;
  const next = gossipKeySecret.fresh();
  const keyring = new ConsulKeyring({
    addresses: cluster.addresses,
    ca: () => readFile(caFile, 'utf8'),
    token: async () => management,
  });
  const lines: string[] = [];
  const log = createLogger('debug', { write: (line) => void lines.push(line) });
  const file = join(folder, 'keys');
  for (const keys of [[former, next], [next, former], [next], [next]]) {
    await writeFile(file, gossipKeySecret.contentOf(keys)['keys'] ?? '', { mode: 0o600 });
    const variables = { GATEFLEET_GOSSIP_KEYS_FILE: file, GATEFLEET_WAIT_SECONDS: 30 };
    await gossipRing(variables, { keyring, log, signal: AbortSignal.timeout(60_000) });
    const { keys: with3, used } = await keyring.state();
    expect([...with3.keys()].toSorted()).toEqual(keys.toSorted());
    expect([...used]).toEqual([[keys[0], 3]]);
  }
  for (const key of [former, next]) expect(lines.join('')).not.toContain(key);
  const formerFile = join(folder, 'former.json');
  await writeFile(formerFile, configurationOf(former));
  await expect(joinAs('former', [formerFile])).rejects.toThrow('No installed keys could decrypt the message');
  await writeFile(gossipFile, configurationOf(next));
  await cluster.kill(2);
  await cluster.start(2);
  await cluster.ready(3);
  await using _ = await joinAs('successor', [gossipFile]);
  expect((await members()).map(({ Name }) => Name)).toContain('successor');
}, 120_000);
