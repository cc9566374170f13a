import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { certificateId } from '@gatefleet/acme';
import { expectOnce } from './support/expect.ts';
import { tellFigures } from './support/figures.ts';
import { hostsOf, isLong, PATIENCE_MS } from './support/form.ts';
import { useStand } from './support/use-stand.ts';

const open = useStand();
const size = isLong ? 100 : 12;

test('without a quorum, and with a disk that was wiped, gateways go on serving and nothing is ordered twice', async () => {
  const at = await open({ consulServers: 3 });
  const [before, after, last] = [hostsOf(size, 'before'), hostsOf(size, 'after'), hostsOf(size, 'last')];
  const { cluster } = at;
  if (cluster === undefined) throw new Error('there is no cluster');
  await at.want(before);
  await at.startReplica(0);
  await at.startReplica(1);
  await at.untilPublished(before, PATIENCE_MS);
  await at.untilServed(before);
  const watch = at.watchServed(before);

  await cluster.kill(0);
  await cluster.kill(1);
  await at.want([...before, ...after]);
  await sleep(isLong ? 300_000 : 15_000);
  await cluster.start(0);
  await cluster.start(1);
  await cluster.ready(3);
  await at.untilPublished(after, PATIENCE_MS);

  // Not the leader: while nobody leads, the name of a lost disk stays reserved, see `reserved-name`.
  const leader = await cluster.leader();
  const [lost = 1, other = 2] = ([0, 1, 2] as const).filter((which) => which !== leader);
  await cluster.kill(lost);
  await cluster.wipe(lost);
  await cluster.start(lost);
  await cluster.ready(3);
  // Now what the new one holds counts: without it there is no quorum.
  await cluster.kill(other);
  await cluster.ready(3);
  await at.want([...before, ...after, ...last]);
  await at.untilPublished(last, PATIENCE_MS);

  const rounds = watch.rounds();
  tellFigures({ hosts: size * 3, rounds, orders: at.proxy.journal.orders().length });
  expect(await watch.end()).toEqual([]);
  expect(rounds).toBeGreaterThan(3);
  await at.until('gatefleet/orders/', (entries) => entries.length === 0);
  await expectOnce(at, [...before, ...after, ...last]);
  await at.untilServed([...before, ...after, ...last]);
});

test('a snapshot from earlier takes nothing away that the leader has, and nothing is ordered again', async () => {
  const at = await open({ consulServers: 3 });
  const [before, after] = [hostsOf(size, 'before'), hostsOf(size, 'after')];
  const { cluster } = at;
  if (cluster === undefined) throw new Error('there is no cluster');
  await at.want(before);
  await at.startReplica(0);
  await at.startReplica(1);
  await at.untilPublished(before, PATIENCE_MS);
  await at.until('gatefleet/orders/', (entries) => entries.length === 0);
  const snapshot = await cluster.snapshot();
  await at.untilServed(before);
  const watch = at.watchServed(before);
  await at.want([...before, ...after]);
  await at.untilPublished(after, PATIENCE_MS);
  await at.until('gatefleet/orders/', (entries) => entries.length === 0);
  const records = async () =>
    (await at.store.list('gatefleet/certificates/')).map(({ key }) => key.split('/')[2]).toSorted();
  const complete = await records();
  expect(complete).toEqual([...before, ...after].map((host) => certificateId([host])).toSorted());

  await cluster.restore(snapshot);
  await at.untilPublished([...before, ...after], PATIENCE_MS);
  await at.until('gatefleet/certificates/', (entries) => entries.length === complete.length, PATIENCE_MS);
  expect(await records()).toEqual(complete);
  await sleep(isLong ? 60_000 : 5_000);
  tellFigures({ hosts: size * 2, rounds: watch.rounds(), orders: at.proxy.journal.orders().length });
  expect(await watch.end()).toEqual([]);
  await expectOnce(at, [...before, ...after]);
  await at.untilServed([...before, ...after]);
});
