import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { expectOnce } from './support/expect.ts';
import { hostsOf, isLong, PATIENCE_MS } from './support/form.ts';
import { useStand } from './support/use-stand.ts';

const open = useStand();

test('leaders that are killed over and over lose no host, and order nothing twice', async () => {
  const at = await open({ nonceReject: 15 });
  const hosts = hostsOf(isLong ? 1_000 : 150);
  await at.want(hosts);
  const killEveryMs = isLong ? 20_000 : 6_000;
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
  expect(kills).toBeGreaterThan(0);
  await at.until('gatefleet/orders/', (entries) => entries.length === 0);
  expectOnce(at, hosts);
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
  at.proxy.setFaults({});
  await at.startReplica(1);
  const epochOf = async () => (await at.store.get('gatefleet/leader'))?.lockIndex ?? 0;
  const before = await epochOf();
  await at.untilPublished(hosts, PATIENCE_MS);
  const after = await epochOf();
  expect(after).toBeGreaterThan(before);
  await at.until('gatefleet/orders/', (entries) => entries.length === 0);
  const indexes = async () => {
    const entries = [...(await at.store.list('gatefleet/certificates/')), ...(await at.store.list('traefik/'))];
    return entries.map(({ key, index }) => `${key} ${index}`);
  };
  const unchanged = await indexes();
  process.kill(first.pid, 'SIGCONT');
  await at.untilSays(first, /the term is over|standing for leader again/);
  await sleep(isLong ? 60_000 : 3_000);
  expect(await indexes()).toEqual(unchanged);
  const epochs = (await at.store.list('gatefleet/hosts/')).map(
    ({ value }) => (JSON.parse(value) as { epoch: number }).epoch,
  );
  expect(Math.max(...epochs)).toBeLessThanOrEqual(after);
});
