import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { expectOnce } from './support/expect.ts';
import { tellFigures } from './support/figures.ts';
import { hostsOf, isLong, PATIENCE_MS } from './support/form.ts';
import { openSealed } from './support/open-sealed.ts';
import { useStand } from './support/use-stand.ts';

const open = useStand();

test('leaders that are killed over and over lose no host, and order nothing twice', async () => {
  const at = await open({ nonceReject: 15 });
  const hosts = hostsOf(isLong ? 1_000 : 80);
  await at.want(hosts);
  const startedAt = performance.now();
  const killEveryMs = isLong ? 20_000 : 4_000;
  const replicas = [await at.startReplica(0), await at.startReplica(1)];
  const done = new AbortController();
  let kills = 0;
  const killing = (async () => {
    while (!done.signal.aborted) {
      await sleep(killEveryMs, undefined, { signal: done.signal }).catch(() => undefined);
      const which = await at.leader();
      if (done.signal.aborted || which === undefined) continue;
      await replicas[which]?.stop('SIGKILL');
      kills += 1;
      replicas[which] = await at.startReplica(which);
    }
  })();
  await at.untilPublished(hosts, PATIENCE_MS).finally(() => done.abort());
  await killing;
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  tellFigures({ hosts: hosts.length, seconds, kills, orders: at.proxy.journal.orders().length });
  expect(kills).toBeGreaterThan(0);
  await at.until('gatefleet/orders/', (entries) => entries.length === 0);
  await expectOnce(at, hosts);
  await at.untilServed(hosts);
});

test('a leader that was stopped and goes on writes nothing any more', async () => {
  const at = await open();
  const hosts = hostsOf(40);
  await at.want(hosts);
  at.proxy.setFaults({ finalize: [{ rate: 1, fault: { kind: 'stall', milliseconds: 4_000 } }] });
  const first = await at.startReplica(0);
  await at.until('gatefleet/orders/', (entries) => entries.length > 4);
  process.kill(first.pid, 'SIGSTOP');
  at.takeOut(0);
  const stoppedAt = performance.now();
  at.proxy.setFaults({});
  await at.startReplica(1);
  const epochOf = async () => (await at.store.get('gatefleet/leader'))?.lockIndex ?? 0;
  const before = await epochOf();
  await at.untilPublished(hosts, PATIENCE_MS);
  const after = await epochOf();
  expect(after).toBeGreaterThan(before);
  await at.until('gatefleet/orders/', (entries) => entries.length === 0);
  const records = async () => [
    ...(await at.store.list('gatefleet/certificates/')),
    ...(await at.store.list('traefik/')),
  ];
  const known = new Map((await records()).map(({ key, index }) => [key, index]));
  if (isLong) await sleep(stoppedAt + 60_000 - performance.now());
  process.kill(first.pid, 'SIGCONT');
  await at.untilSays(first, /the term is over|standing for leader again/);
  await sleep(isLong ? 60_000 : 5_000);
  const now = await records();
  expect(now.map(({ key }) => key)).toEqual([...known.keys()]);
  const changed = now.filter(({ key, index }) => index !== known.get(key));
  // The leader goes on with what it has to do, such as asking when to renew; what is its own says so.
  const others = changed.filter(
    ({ key, value }) => key.startsWith('traefik/') || epochIn(openSealed(at.encryptionKey, key, value)) !== after,
  );
  expect(others.map(({ key }) => key)).toEqual([]);
  const owners = (await at.store.list('gatefleet/hosts/')).map(({ value }) => epochIn(JSON.parse(value)));
  expect(Math.max(...owners)).toBeLessThanOrEqual(after);
});

const epochIn = (record: unknown): number => (record as { epoch: number }).epoch;
