import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, jest, test } from '@jest/globals';
import { certificateId } from '@gatefleet/acme';
import type { Program } from '@gatefleet/test-programs';
import { startStand, type Stand, type StandOptions } from './support/stand.ts';

/** `FAULTS_LONG=1` asks for the long form of each test; `FAULTS_SEED` for another course of events. */
const isLong = process.env['FAULTS_LONG'] === '1';
const seed = Number(process.env['FAULTS_SEED'] ?? '1');
jest.setTimeout(isLong ? 3_600_000 : 300_000);

let stand: Stand | undefined;
afterEach(async () => {
  await stand?.[Symbol.asyncDispose]();
  stand = undefined;
});

async function open(options: StandOptions = {}): Promise<Stand> {
  stand = await startStand({ seed, ...options });
  return stand;
}

const hostsOf = (count: number, label = 'h') => Array.from({ length: count }, (_, i) => `${label}${i}.gatefleet.test`);

/** Nothing was ordered twice, nothing was issued twice, and nothing is left open. */
function expectOnce({ proxy }: Stand, hosts: readonly string[]): void {
  const tallies = hosts.map((host) => proxy.journal.ofNames([host]));
  expect(tallies.filter(({ certificatesIssued }) => certificatesIssued !== 1)).toEqual([]);
  expect(tallies.filter(({ ordersPlaced }) => ordersPlaced !== 1)).toEqual([]);
}

async function expectServed({ served }: Stand, hosts: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const host of hosts) {
    const shown = await served(host);
    if (!shown.every((certificate) => certificate.checkHost(host) !== undefined)) missing.push(host);
  }
  expect(missing).toEqual([]);
}

test('leaders that are killed over and over lose no host, and order nothing twice', async () => {
  const at = await open({ nonceReject: 15 });
  const hosts = hostsOf(isLong ? 1_000 : 240);
  const killEveryMs = isLong ? 20_000 : 6_000;
  const replicas: [Program, Program] = [await at.startReplica(0, hosts), await at.startReplica(1, hosts)];
  const done = new AbortController();
  const killing = (async () => {
    for (let turn = 0; !done.signal.aborted; turn += 1) {
      await sleep(killEveryMs, undefined, { signal: done.signal }).catch(() => undefined);
      if (done.signal.aborted) return turn;
      const which = turn % 2 === 0 ? 0 : 1;
      await replicas[which].stop('SIGKILL');
      replicas[which] = await at.startReplica(which, hosts);
    }
    return 0;
  })();
  await at.untilPublished(hosts, isLong ? 1_800_000 : 240_000).finally(() => done.abort());
  expect(await killing).toBeGreaterThan(0);
  await at.until('gatefleet/orders/', (entries) => entries.length === 0);
  expectOnce(at, hosts);
  await expectServed(at, hosts);
});

test('a leader that was stopped and goes on writes nothing any more', async () => {
  const at = await open();
  const hosts = hostsOf(40);
  at.proxy.setFaults({ finalize: [{ rate: 1, fault: { kind: 'stall', milliseconds: 4_000 } }] });
  const first = await at.startReplica(0, hosts);
  await at.until('gatefleet/orders/', (entries) => entries.length > 4);
  process.kill(first.pid, 'SIGSTOP');
  at.takeOut(0);
  at.proxy.setFaults({});
  await at.startReplica(1, hosts);
  const epochOf = async () => (await at.store.get('gatefleet/leader'))?.lockIndex ?? 0;
  const before = await epochOf();
  await at.untilPublished(hosts);
  const after = await epochOf();
  expect(after).toBeGreaterThan(before);
  await at.until('gatefleet/orders/', (entries) => entries.length === 0);
  const indexes = async () => {
    const entries = [...(await at.store.list('gatefleet/certificates/')), ...(await at.store.list('traefik/'))];
    return entries.map(({ key, index }) => `${key} ${index}`);
  };
  const unchanged = await indexes();
  process.kill(first.pid, 'SIGCONT');
  await sleep(isLong ? 60_000 : 5_000);
  expect(await indexes()).toEqual(unchanged);
  expect(first.output()).toMatch(/the term is over|standing for leader again/);
  const epochs = (await at.store.list('gatefleet/hosts/')).map(
    ({ value }) => (JSON.parse(value) as { epoch: number }).epoch,
  );
  expect(Math.max(...epochs)).toBeLessThanOrEqual(after);
});

test('errors, broken connections and long waits at the CA lose no host, and "too many" is heeded', async () => {
  const at = await open({ nonceReject: 15 });
  const hosts = hostsOf(isLong ? 300 : 60);
  const broken = [
    { rate: 0.12, fault: { kind: 'server-error', status: 503, body: 'page' } },
    { rate: 0.08, fault: { kind: 'server-error', status: 500, body: 'problem' } },
    { rate: 0.03, fault: { kind: 'reset-after' } },
    { rate: 0.02, fault: { kind: 'reset-before' } },
    { rate: 0.01, fault: { kind: 'truncate', framing: 'broken' } },
    { rate: 0.01, fault: { kind: 'stall', milliseconds: isLong ? 30_000 : 2_000 } },
  ] as const;
  at.proxy.setFaults({ any: broken });
  await at.startReplica(0, hosts);
  await at.until('gatefleet/certificates/', (entries) => entries.length >= hosts.length / 6);
  at.proxy.startStorm({ until: Date.now() + 5_000 });
  await at.untilPublished(hosts, isLong ? 1_800_000 : 240_000);
  expectOnce(at, hosts);
  await expectServed(at, hosts);
  // What was on its way when the first "too many" came back could not know of it.
  const hasty = at.proxy.journal.hasty({ learnMs: 500, graceMs: 100 });
  expect(hasty.filter(({ told }) => told.injected.kind === 'storm').map(({ entry }) => entry.path)).toEqual([]);
});

test('certificates of one minute are renewed in time, each saying what it replaces', async () => {
  const at = await open({ validitySeconds: 60 });
  const hosts = hostsOf(isLong ? 200 : 12);
  await at.startReplica(0, hosts);
  await at.untilPublished(hosts);
  const until = Date.now() + (isLong ? 900_000 : 75_000);
  const expired: string[] = [];
  while (Date.now() < until) {
    for (const host of hosts) {
      for (const certificate of await at.served(host)) {
        if (Date.parse(certificate.validTo) <= Date.now()) expired.push(`${host} ${certificate.validTo}`);
      }
    }
    await sleep(1_000);
  }
  expect(expired).toEqual([]);
  const seen = new Set<string>();
  const silent: string[] = [];
  for (const { names, replaces } of at.proxy.journal.orders()) {
    const id = certificateId(names);
    if (seen.has(id) && replaces === undefined) silent.push(names.join());
    seen.add(id);
  }
  expect(at.proxy.journal.orders().length).toBeGreaterThan(hosts.length);
  expect(silent).toEqual([]);
});
