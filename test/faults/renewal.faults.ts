import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { certificateId } from '@gatefleet/acme';
import { tellFigures } from './support/figures.ts';
import { hostsOf, isLong, PATIENCE_MS } from './support/form.ts';
import { useStand } from './support/use-stand.ts';

const open = useStand();

test('certificates of one minute are renewed in time, each saying what it replaces', async () => {
  const at = await open({ validitySeconds: 60 });
  const hosts = hostsOf(isLong ? 200 : 10);
  await at.want(hosts);
  await at.startReplica(0);
  await at.untilPublished(hosts, PATIENCE_MS);
  await at.untilServed(hosts);
  const watch = at.watchServed(hosts);
  await sleep(isLong ? 900_000 : 65_000);
  tellFigures({ hosts: hosts.length, rounds: watch.rounds(), orders: at.proxy.journal.orders().length });
  expect(await watch.end()).toEqual([]);
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
