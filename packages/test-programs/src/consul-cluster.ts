import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureTools } from '@gatefleet/toolchain';
import { freePort } from './free-port.ts';
import { startProgram, type Program } from './program.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';

export type Which = 0 | 1 | 2;

/** Three Consul servers on loopback, each with a disk of its own. */
export interface ConsulCluster extends AsyncDisposable {
  /** Base URLs, one a server. */
  readonly addresses: readonly [string, string, string];
  /** Ends one as a crash does; its disk stays. */
  kill(which: Which): Promise<void>;
  /** Where one keeps its data. */
  data(which: Which): string;
  /** Where the other servers reach one. */
  peer(which: Which): string;
  /** The one disk of all, where it has a size of its own. */
  readonly disk: SmallDisk | undefined;
  /** Takes away the disk of one that was killed. */
  wipe(which: Which): Promise<void>;
  /** One that was killed comes back at another address, as a Pod does. */
  move(which: Which): void;
  /** Starts one that was killed. Comes back when its HTTP API answers; see {@link ready}. */
  start(which: Which): Promise<void>;
  /** Which one leads. */
  leader(): Promise<Which>;
  /** Comes back when so many servers vote, and each of them knows the leader. */
  ready(voters: number): Promise<void>;
  /** The whole state, as `consul snapshot save` gives it. */
  snapshot(): Promise<ArrayBuffer>;
  restore(snapshot: ArrayBuffer): Promise<void>;
}

const READY_TIMEOUT_MS = 120_000;

export interface ConsulClusterOptions {
  /** Files of settings, read at each start of a server; see {@link ClosedConsul}. */
  readonly settings: readonly string[];
  /** For what this object itself asks of Consul: one that may do everything. */
  readonly token: () => string;
  /** Of one disk for all servers, as `mount` takes it. @defaultValue as much as there is */
  readonly diskSize?: string | undefined;
}

export async function startConsulCluster({ settings, token, diskSize }: ConsulClusterOptions): Promise<ConsulCluster> {
  const { consul } = await ensureTools(['consul']);
  const folder = await mkdtemp(join(tmpdir(), 'gatefleet-consul-'));
  const disk = diskSize === undefined ? undefined : await mountSmallDisk(folder, diskSize);
  const ports: { https: number; server: number; serf: number }[] = [];
  for (let count = 0; count < 3; count += 1)
    ports.push({ https: await freePort(), server: await freePort(), serf: await freePort() });
  const hosts = [1, 1, 1];
  const host = (which: number) => `127.0.0.${hosts[which]}`;
  const url = (which: Which) => `https://127.0.0.1:${ports[which]?.https}`;
  const peer = (which: Which) => `${host(which)}:${ports[which]?.server}`;
  const data = (which: Which) => join(folder, String(which));
  const running = new Map<Which, Program>();
  /** Up or not: one that comes up while another fails is ended too. */
  const begun: Promise<void>[] = [];

  function start(which: Which): Promise<void> {
    const start = bringUp(which);
    begun.push(start);
    return start;
  }

  async function bringUp(which: Which): Promise<void> {
    const { https, server, serf } = ports[which] ?? { https: 0, server: 0, serf: 0 };
    const program = await startProgram({
      name: `consul ${which}`,
      file: disk === undefined ? consul.path : disk.enter[0],
      args: [
        ...(disk === undefined ? [] : [...disk.enter.slice(1), consul.path]),
        'agent',
        '-server',
        '-bootstrap-expect=3',
        ...ports.map((each, of) => `-retry-join=${host(of)}:${each.serf}`),
        '-retry-interval=1s',
        '-disable-host-node-id',
        `-node=consul-${which}`,
        `-data-dir=${data(which)}`,
        '-log-level=warn',
        `-bind=${host(which)}`,
        '-client=127.0.0.1',
        `-https-port=${https}`,
        `-server-port=${server}`,
        `-serf-lan-port=${serf}`,
        '-hcl=performance { raft_multiplier = 2 }',
        '-hcl=ports { dns = -1, grpc = -1, grpc_tls = -1, serf_wan = -1 }',
        '-hcl=connect { enabled = false }',
        '-hcl=telemetry { prometheus_retention_time = "1h", disable_hostname = true }',
        '-hcl=disable_update_check = true',
        '-hcl=leave_on_terminate = false',
        ...settings.map((file) => `-config-file=${file}`),
      ],
      isReady: async () => (await fetch(`${url(which)}/v1/status/leader`)).ok,
    });
    running.set(which, program);
  }

  async function ask(path: string, init?: RequestInit, of?: Which): Promise<Response> {
    const [which] = of === undefined ? running.keys() : [of];
    if (which === undefined) throw new Error(`asking Consul for ${path}: no server runs`);
    const response = await fetch(`${url(which)}${path}`, {
      ...init,
      signal: AbortSignal.timeout(30_000),
      headers: { 'X-Consul-Token': token() },
    });
    if (!response.ok) throw new Error(`asking Consul for ${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  async function idOf(which: Which): Promise<string> {
    const self = (await (await ask('/v1/agent/self', {}, which)).json()) as { Config: { NodeID: string } };
    return self.Config.NodeID;
  }

  /** A server that lost its disk comes back as another one, while the one that it was votes on for a while. */
  async function isReady(voters: number): Promise<boolean> {
    const configuration = (await (await ask('/v1/operator/raft/configuration')).json()) as {
      Servers: readonly { ID: string; Node: string; Voter: boolean }[];
    };
    const voting = configuration.Servers.filter(({ Node, Voter }) => Voter && Node !== '(unknown)');
    if (voting.length !== voters) return false;
    const ids = new Set(voting.map(({ ID }) => ID));
    for (const which of running.keys()) if (!ids.has(await idOf(which))) return false;
    const leaders = await Promise.all(
      [...running.keys()].map(async (which) => (await fetch(`${url(which)}/v1/status/leader`)).text()),
    );
    return leaders.every((leader) => /\d/.test(leader));
  }

  const cluster: ConsulCluster = {
    addresses: [url(0), url(1), url(2)],
    data,
    peer,
    async leader() {
      const leader = await (await ask('/v1/status/leader')).json();
      const found = ([0, 1, 2] as const).find((which) => peer(which) === leader);
      if (found === undefined) throw new Error(`no server is at ${String(leader)}`);
      return found;
    },
    disk,
    start,
    async kill(which) {
      await running.get(which)?.stop('SIGKILL');
      running.delete(which);
    },
    wipe: (which) => rm(data(which), { recursive: true }),
    move: (which) => (hosts[which] = (hosts[which] ?? 0) + 1),
    async ready(voters) {
      const deadline = performance.now() + READY_TIMEOUT_MS;
      while (!(await isReady(voters).catch(() => false))) {
        if (performance.now() > deadline)
          throw new Error(
            `Consul has not ${voters} servers that vote\n${[...running.values()].map(({ output }) => output().slice(-3_000)).join('\n')}`,
          );
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
    snapshot: async () => (await ask('/v1/snapshot')).arrayBuffer(),
    async restore(snapshot) {
      await ask('/v1/snapshot', { method: 'PUT', body: snapshot });
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled(begun);
      await Promise.all([...running.values()].map((program) => program.stop('SIGKILL')));
      await disk?.unmount();
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await Promise.all([start(0), start(1), start(2)]);
    await cluster.ready(3);
    return cluster;
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}
