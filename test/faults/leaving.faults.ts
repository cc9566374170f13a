import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, jest, test } from '@jest/globals';
import { closedConsul, startConsulCluster, type ConsulCluster } from '@gatefleet/test-programs';
import { ensureTools } from '@gatefleet/toolchain';
import { parse } from 'yaml';
import { isLong, PATIENCE_MS, TEST_TIMEOUT_MS } from './support/form.ts';

jest.setTimeout(TEST_TIMEOUT_MS);

const servers = [0, 1, 2] as const;
const manifest = join(import.meta.dirname, '../../base/consul/statefulset.yaml');
/** Longer than a leave takes. */
const GRACE_MS = 30_000;

/** Servers that do nothing without a token, as in every environment. */
interface ClosedCluster extends ConsulCluster {
  /** Of the token that the servers themselves have. */
  readonly tokenFile: string;
  readonly caFile: string;
  /** As one who may do everything. */
  get(which: 0 | 1 | 2, path: string): Promise<Response>;
}

test('of servers that are all told to end at once one leaves, and all of them are one cluster again', async () => {
  await using cluster = await startClosedCluster();
  const preStop = await readPreStop();
  for (let round = 0; round < (isLong ? 10 : 1); round += 1) {
    await untilHealthy(cluster, true);
    await Promise.all(servers.map((which) => runHook(cluster, which, preStop, GRACE_MS)));
    expect(await voters(cluster)).toBe(2);
    await Promise.all(servers.map((which) => cluster.kill(which)));
    await Promise.all(servers.map((which) => cluster.start(which)));
    await cluster.ready(3);
  }
});

test('with one server gone, no other one leaves', async () => {
  await using cluster = await startClosedCluster();
  const preStop = await readPreStop();
  await untilHealthy(cluster, true);
  await cluster.kill(2);
  await untilHealthy(cluster, false);
  await runHook(cluster, 1, preStop, GRACE_MS);
  await expect(cluster.get(1, '/v1/agent/self')).resolves.toMatchObject({ ok: true });
});

async function startClosedCluster(): Promise<ClosedCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'gatefleet-leaving-'));
  const closed = await closedConsul(folder);
  const cluster = await startConsulCluster({ ...closed, token: () => closed.management });
  await closed.register(cluster.addresses);
  return {
    ...cluster,
    ...closed.filesOf('server'),
    get: (which, path) =>
      fetch(`${cluster.addresses[which]}${path}`, { headers: { 'X-Consul-Token': closed.management } }),
    async [Symbol.asyncDispose]() {
      await cluster[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** Comes back when the leader finds that all servers are well, or that one is not: with status 429 then. */
async function untilHealthy(cluster: ClosedCluster, isWanted: boolean): Promise<void> {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await sleep(200)) {
    const answer = await cluster.get(0, '/v1/operator/autopilot/health');
    if (answer.ok === isWanted) return;
  }
  throw new Error(`Consul's servers did not come to be ${isWanted ? 'well' : 'unwell'}`);
}

/** As those say that have not left. */
async function voters(cluster: ClosedCluster): Promise<number> {
  const ask = async (which: 0 | 1 | 2) => {
    const answer = await cluster.get(which, '/v1/operator/raft/configuration');
    const { Servers } = (await answer.json()) as { Servers: readonly { Voter: boolean }[] };
    return Servers.filter(({ Voter }) => Voter).length;
  };
  return Promise.any(servers.map(ask));
}

/** As kubelet does: it waits for the hook, but not longer than for the whole end. */
async function runHook(
  { addresses, tokenFile, caFile }: ClosedCluster,
  which: 0 | 1 | 2,
  [file = '', ...args]: readonly string[],
  graceMs: number,
): Promise<number | null> {
  const { consul } = await ensureTools(['consul']);
  const hook = spawn(file, args, {
    detached: true, // a group: what the shell started ends with it
    stdio: 'ignore',
    env: {
      PATH: [dirname(consul.path), process.env['PATH']].join(delimiter),
      CONSUL_HTTP_ADDR: addresses[which],
      CONSUL_CACERT: caFile,
      CONSUL_HTTP_TOKEN_FILE: tokenFile,
      SERVERS: String(servers.length),
    },
  });
  const done = new Promise<number | null>((resolve) => hook.once('exit', resolve));
  const isLate = await Promise.race([done.then(() => false), sleep(graceMs, true, { ref: false })]);
  if (isLate && hook.pid !== undefined) process.kill(-hook.pid, 'SIGKILL');
  return done;
}

async function readPreStop(): Promise<readonly string[]> {
  const statefulSet = parse(await readFile(manifest, 'utf8')) as {
    spec: {
      template: { spec: { containers: { lifecycle: { preStop: { exec: { command: string[] } } } }[] } };
    };
  };
  const command = statefulSet.spec.template.spec.containers[0]?.lifecycle.preStop.exec.command;
  if (command === undefined) throw new Error(`${manifest} has no preStop hook`);
  return command;
}
