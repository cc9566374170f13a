import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { hostsOf, isLong, PATIENCE_MS } from './support/form.ts';
import { costOf } from './support/process-cost.ts';
import { useStand } from './support/use-stand.ts';

const open = useStand();

test('a certificate costs Consul at most 8 writes, and is at most 2 Events', async () => {
  const at = await open();
  const settled = hostsOf(3, 'settled');
  await at.want(settled);
  await at.startReplica(0);
  await at.untilPublished(settled, PATIENCE_MS);
  await at.until('gatefleet/challenges/', (entries) => entries.length === 0);

  const wanted = [...settled];
  for (const host of hostsOf(5, 'alone')) {
    const before = await at.consulWrites();
    wanted.push(host);
    await at.want(wanted);
    await at.untilPublished([host], PATIENCE_MS);
    await at.until('gatefleet/challenges/', (entries) => entries.length === 0);
    const writes = (await at.consulWrites()) - before;
    expect({ host, writes: writes <= 8 ? 'at most 8' : writes }).toEqual({ host, writes: 'at most 8' });
  }
  const events = (await at.notices())
    .trim()
    .split('\n')
    .filter((line) => line.includes('"reason":'));
  const byHost = Map.groupBy(
    new Set(events),
    (line) => (JSON.parse(line) as { ingress: { name: string } }).ingress.name,
  );
  for (const host of wanted) expect(byHost.get(host)?.length).toBeLessThanOrEqual(2);
});

test('with all certificates in place little is done, and what orders write reloads no gateway', async () => {
  const at = await open();
  const hosts = hostsOf(isLong ? 5_000 : 60);
  await at.want(hosts);
  const replica = await at.startReplica(0);
  await at.untilPublished(hosts, PATIENCE_MS);
  await at.until('gatefleet/challenges/', (entries) => entries.length === 0);
  const ordered = at.proxy.journal.orders().length;
  const reloads = () => Promise.all(at.gateways.map((gateway) => gateway.reloads()));
  // Gateways put off what comes within a moment of the last, and thousands of certificates take them seconds to read.
  let before = await reloads();
  for (let last; String(before) !== String(last); before = await reloads()) {
    last = before;
    await sleep(isLong ? 10_000 : 3_000);
  }
  const costBefore = await costOf(replica.pid);
  const seconds = isLong ? 60 : 5;
  for (let second = 0; second < seconds; second += 1) {
    const writes = Array.from({ length: 100 }, (_, index) =>
      at.store.transact([{ kind: 'set', key: `gatefleet/orders/of-nobody-${index}`, value: `${second}` }]),
    );
    await Promise.all([...writes, sleep(1_000)]);
  }
  const cost = await costOf(replica.pid);
  const after = await reloads();
  const cores = (cost.processorSeconds - costBefore.processorSeconds) / (cost.seconds - costBefore.seconds);
  process.stderr.write(
    `${hosts.length} certificates: ${Math.round(cost.residentMiB)} MiB resident, ${cores.toFixed(3)} cores\n`,
  );
  expect(before.every((count) => count > 0)).toBe(true);
  expect(after).toEqual(before);
  expect(at.proxy.journal.orders()).toHaveLength(ordered);
  expect(cost.residentMiB).toBeLessThanOrEqual(256);
  // A share of work, not of time: it holds on a busy machine, too.
  if (isLong) expect(cores).toBeLessThanOrEqual(0.1);
  await at.untilServed(hosts.slice(0, 100));
});
