import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { readCertificates } from '@gatefleet/certificate-transfer';
import { costOf } from './support/process-cost.ts';
import { expectOnce } from './support/expect.ts';
import { tellFigures } from './support/figures.ts';
import { haste, hostsOf, isLong, PATIENCE_MS, revoked, TEST_TIMEOUT_MS } from './support/form.ts';
import { refused } from './support/refused.ts';
import { shown } from './support/served.ts';
import type { Stand } from './support/stand.ts';
import { useStand } from './support/use-stand.ts';

const open = useStand();
const size = isLong ? 100 : 12;
const run = promisify(execFile);

const clusterOf = ({ cluster }: Stand) => {
  if (cluster === undefined) throw new Error('there is no cluster');
  return cluster;
};
/** One after the other: of thousands at once some would be refused. */
async function serials({ gateways }: Stand, hosts: readonly string[]) {
  const all: (string | undefined)[] = [];
  for (const host of hosts) all.push((await shown(gateways[0]?.websecure ?? 0, host))?.serialNumber);
  return all;
}
const secondsSince = (began: number) => Math.round((performance.now() - began) / 1000);

/** One replica leads, has no order under way, and every gateway serves all of these, which is watched from now on. */
async function served(at: Stand, hosts: readonly string[]) {
  await at.want(hosts);
  const replica = await at.startReplica(0);
  const patienceMs = PATIENCE_MS + hosts.length * 500;
  await at.untilPublished(hosts, patienceMs);
  await at.until('gatefleet/orders/', (entries) => entries.length === 0);
  await at.untilServed(hosts, patienceMs);
  return { replica, serials: await serials(at, hosts), watch: at.watchServed(hosts) };
}

test('with two of three disks lost the server that is left brings everything back, and nothing is ordered again', async () => {
  const at = await open({ consulServers: 3 });
  const cluster = clusterOf(at);
  const [before, after] = [hostsOf(size, 'before'), hostsOf(size, 'after')];
  const { watch } = await served(at, before);
  await at.startReplica(1);

  for (const lost of [0, 1] as const) {
    await cluster.kill(lost);
    await cluster.wipe(lost);
  }
  // As docs/operations/recovery.md has it, but for where the data is and by which port the server is reached.
  const peers = `printf '[{"id":"%s","address":"%s","non_voter":false}]' "$(cat "$DATA/node-id")" "$ADDRESS" > "$DATA/raft/peers.json"`;
  await cluster.kill(2);
  const environment = { DATA: cluster.data(2), ADDRESS: cluster.peer(2) };
  await run('sh', ['-c', peers], { env: { ...process.env, ...environment } });
  await cluster.start(2);
  await cluster.ready(1);
  await cluster.start(0);
  await cluster.start(1);
  await cluster.ready(3);

  await at.want([...before, ...after]);
  await at.untilPublished(after, PATIENCE_MS);
  tellFigures({ hosts: size * 2, rounds: watch.rounds(), orders: at.proxy.journal.orders().length });
  expect(await watch.end()).toEqual([]);
  await at.until('gatefleet/orders/', (entries) => entries.length === 0);
  await expectOnce(at, [...before, ...after]);
  await at.untilServed([...before, ...after]);
});

test('with no byte left on its disks Consul stops, gateways serve on, and with larger ones all goes on where it was', async () => {
  const at = await open({ consulServers: 3, consulDisk: '64m' });
  const cluster = clusterOf(at);
  const { disk } = cluster;
  const [before, after] = [hostsOf(size, 'before'), hostsOf(size, 'after')];
  const { watch } = await served(at, before);
  await at.startReplica(1);

  await disk?.fill();
  const value = randomBytes(100_000).toString('base64');
  const isTaken = async () => {
    const written = await Promise.allSettled([
      at.store.put('filler', value, (await at.store.get('filler'))?.index ?? 0),
    ]);
    return written[0]?.status === 'fulfilled';
  };
  let taken = 0;
  while (await isTaken()) taken += 1;
  await at.want([...before, ...after]);
  const rounds = watch.rounds();
  while (watch.rounds() < rounds + 5) await sleep(200);
  expect((await at.store.keys('traefik/').catch(() => [])).filter((key) => key.includes('after'))).toEqual([]);

  await disk?.enlarge('256m');
  // What kubelet does with those that have ended by themselves, and an administrator with the others.
  for (const which of [0, 1, 2] as const) {
    await cluster.kill(which);
    await cluster.start(which);
  }
  await cluster.ready(3);
  await at.untilPublished(after, PATIENCE_MS);
  tellFigures({ hosts: size * 2, taken, rounds: watch.rounds(), orders: at.proxy.journal.orders().length });
  expect(await watch.end()).toEqual([]);
  await at.until('gatefleet/orders/', (entries) => entries.length === 0);
  await expectOnce(at, [...before, ...after]);
  await at.untilServed([...before, ...after]);
});

test('with the encryption key lost gateways serve on; what they serve can be imported, and with the key nothing is ordered', async () => {
  const at = await open({ consulServers: 3 });
  const hosts = hostsOf(size);
  const { replica, serials: before, watch } = await served(at, hosts);

  await replica.stop('SIGKILL');
  await at.writeKeys([randomBytes(32).toString('base64')]);
  expect(await refused(at, 1, /WRONG_KEY/)).toMatch(/WRONG_KEY/);
  expect(await at.store.keys('traefik/tls/certificates/')).toHaveLength(size * 2);

  // As docs/operations/recovery.md has it, but for how Consul is reached.
  const [address] = clusterOf(at).addresses;
  const headers = { 'X-Consul-Token': at.management };
  const entries = await (await fetch(`${address}/v1/kv/traefik/tls/certificates?recurse`, { headers })).text();
  const filter =
    '[group_by(.Key | split("/")[3])[] | map({(.Key | split("/")[4]): .Value}) | add | {kind: "Secret", apiVersion: "v1", type: "kubernetes.io/tls", metadata: {name: "rescued"}, data: {"tls.crt": .certFile, "tls.key": .keyFile}}] | {kind: "List", apiVersion: "v1", items: .}';
  const rescued = run('jq', [filter]);
  rescued.child.stdin?.end(entries);
  const read = readCertificates(Buffer.from((await rescued).stdout), { fileName: 'rescued.json', now: new Date() });
  expect(read.refused).toEqual([]);
  expect(read.certificates.map(({ serial }) => serial.toUpperCase()).toSorted()).toEqual(before.toSorted());

  await at.writeKeys([at.encryptionKey]);
  await at.startReplica(0);
  const more = hostsOf(1, 'more');
  await at.want([...hosts, ...more]);
  await at.untilPublished(more, PATIENCE_MS);
  await at.until('gatefleet/orders/', (orders) => orders.length === 0);
  tellFigures({ hosts: size, rounds: watch.rounds(), orders: at.proxy.journal.orders().length });
  expect(await watch.end()).toEqual([]);
  await expectOnce(at, [...hosts, ...more]);
  expect(await serials(at, hosts)).toEqual(before);
});

test('with the encryption key lost for good and the records deleted all is ordered again, and served meanwhile', async () => {
  const at = await open();
  const hosts = hostsOf(size);
  const { replica, serials: before, watch } = await served(at, hosts);

  await replica.stop('SIGKILL');
  await at.writeKeys([randomBytes(32).toString('base64')]);
  for (const part of ['accounts', 'certificates', 'snapshot', 'orders'])
    for (const key of await at.store.keys(`gatefleet/${part}/`)) await at.store.transact([{ kind: 'delete', key }]);
  await at.store.transact([{ kind: 'delete', key: 'gatefleet/sealed-with' }]);
  await at.startReplica(1);
  await at.until('gatefleet/certificates/', (entries) => entries.length === size, PATIENCE_MS);
  while ((await serials(at, hosts)).some((serial, which) => serial === before[which])) await sleep(200);
  tellFigures({ hosts: size, rounds: watch.rounds(), orders: at.proxy.journal.orders().length });
  expect(await watch.end()).toEqual([]);
  expect(at.proxy.journal.orders()).toHaveLength(size * 2);
});

test(
  'certificates that the CA wants replaced at once are, each saying what it replaces, though no limit leaves room, and none goes unserved',
  async () => {
    const hosts = hostsOf(revoked);
    // As many as are ordered first, and a few for what fails on a busy machine.
    const at = await open({ haste, limit: Math.ceil(revoked * 1.05), ordersList: false });
    const issuing = performance.now();
    const { replica, serials: before, watch } = await served(at, hosts);
    const issuedSeconds = secondsSince(issuing);
    const first = at.proxy.journal.orders().length;
    const { peakMiB: issuedMiB } = await costOf(replica.pid);

    await replica.stop();
    const chains = (await at.store.list('traefik/tls/certificates/')).filter(({ key }) => key.endsWith('/certFile'));
    for (const { value } of chains) await at.pebble.wantRenewed(value.split(/(?<=-----END CERTIFICATE-----)/)[0] ?? '');
    const began = performance.now();
    // Another leader asks the CA about each within an hour, and not only when it was told to ask again.
    const next = await at.startReplica(1);
    for (const [which, host] of hosts.entries())
      for (const { websecure } of at.gateways)
        while ((await shown(websecure, host))?.serialNumber === before[which]) await sleep(200);

    const replacedSeconds = secondsSince(began);
    const { peakMiB } = await costOf(next.pid);
    const orders = at.proxy.journal.orders().slice(first);
    const figures = { hosts: hosts.length, haste, issuedSeconds, replacedSeconds, orders: orders.length };
    tellFigures({ ...figures, rounds: watch.rounds(), issuedMiB: Math.round(issuedMiB), peakMiB: Math.round(peakMiB) });
    expect(await watch.end()).toEqual([]);
    expect(orders.filter(({ replaces }) => replaces === undefined)).toEqual([]);
    expect(orders.filter(({ status }) => status === 'valid')).toHaveLength(hosts.length);
    // What its Deployment lets it have.
    expect(Math.max(issuedMiB, peakMiB)).toBeLessThan(512);
  },
  // At a haste of 1 each takes a second, and a gateway may be a little later.
  TEST_TIMEOUT_MS + revoked * 2_000,
);
