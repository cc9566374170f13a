import { expect, test } from '@jest/globals';
import { expectOnce } from './support/expect.ts';
import { tellFigures } from './support/figures.ts';
import { hostsOf, isLong, PATIENCE_MS } from './support/form.ts';
import { refused } from './support/refused.ts';
import type { Replica, Stand } from './support/stand.ts';
import { useStand } from './support/use-stand.ts';

const open = useStand();

test('versions with another format of records come and go by one step at a time, with leaders killed in the middle, and one that leaves a step out is refused', async () => {
  const at = await open();
  const [reads, writes] = [await at.build('reads-next'), await at.build('writes-next')];
  const hosts = [...hostsOf(isLong ? 1_000 : 200)];
  await at.want(hosts);
  const replicas: [Replica, Replica] = [await at.startReplica(0), await at.startReplica(1)];
  await at.untilPublished(hosts, PATIENCE_MS);
  await at.until('gatefleet/orders/', (entries) => entries.length === 0);
  await at.untilServed(hosts);
  const watch = at.watchServed([...hosts]);
  const startedAt = performance.now();
  const [present = 0] = await noted(at);
  const next = present + 1;
  const [firstKey = ''] = await at.store.keys('gatefleet/certificates/');

  // The version that reads both changes nothing.
  for (const which of [0, 1] as const) await replace(which, reads);
  await oneMore();
  expect(await inFormats(at)).toEqual([present]);

  // The first replica that writes the next format dies, one of the version before dies as it brings records back, and others go on.
  const [first, last] = (await at.leader()) === 0 ? ([1, 0] as const) : ([0, 1] as const);
  await replace(first, writes);
  await replicas[last].stop();
  const leftForward = await killedAt(first, [next, present]);
  replicas[last] = await at.startReplica(last, reads);
  const leftBetween = await killedAt(last, [present, next]);
  for (const which of [first, last] as const) replicas[which] = await at.startReplica(which, writes);
  await untilNoted(at, [next]);
  await oneMore();
  expect(await inFormats(at)).toEqual([next]);

  // The version of the beginning is refused, and the one that runs goes on.
  const standby = (await at.leader()) === 0 ? 1 : 0;
  await replicas[standby].stop();
  const why = new RegExp(`format ${next} is found, and this version reads ${present}`);
  expect(await refused(at, standby, why)).toMatch(why);
  await oneMore();
  expect([await noted(at), await inFormats(at)]).toEqual([[next], [next]]);

  // Back, by the version before; its first leader dies as well.
  const leader = standby === 0 ? 1 : 0;
  replicas[standby] = await at.startReplica(standby, reads);
  await replicas[leader].stop();
  const leftBack = await killedAt(standby, [present, next]);
  for (const which of [standby, leader] as const) replicas[which] = await at.startReplica(which, reads);
  await untilNoted(at, [present]);
  for (const which of [0, 1] as const) await replace(which);
  await oneMore();
  expect(await inFormats(at)).toEqual([present]);

  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const records = (await sealed(at)).length;
  tellFigures({ records, leftForward, leftBetween, leftBack, rounds: watch.rounds(), seconds });
  expect(await watch.end()).toEqual([]);
  expect(Math.min(leftForward, leftBack)).toBeGreaterThan(0);
  await at.until('gatefleet/orders/', (entries) => entries.length === 0);
  await expectOnce(at, hosts);
  await at.untilServed(hosts);

  async function replace(which: 0 | 1, program?: string): Promise<void> {
    await replicas[which].stop();
    replicas[which] = await at.startReplica(which, program);
  }

  /** Kills the replica that has noted these formats, in the middle of it. @returns how many records are not in the first one yet */
  async function killedAt(which: 0 | 1, formats: readonly number[]): Promise<number> {
    await untilNoted(at, formats);
    await at.until(firstKey, ([entry]) => formatOf(entry?.value) === formats[0], PATIENCE_MS);
    await replicas[which].stop('SIGKILL');
    return (await sealed(at)).filter(({ format }) => format !== formats[0]).length;
  }

  /** A new host is ordered and published. */
  async function oneMore(): Promise<void> {
    hosts.push(`more${hosts.length}.gatefleet.test`);
    await at.want(hosts);
    await at.untilPublished(hosts, PATIENCE_MS);
  }
});

test('a replica that ran before records came into a format that it cannot read leads no more, and writes nothing', async () => {
  const at = await open();
  const writes = await at.build('writes-next');
  const hosts = hostsOf(12);
  await at.want(hosts);
  const earlier = await at.startReplica(0);
  await at.untilPublished(hosts, PATIENCE_MS);
  await at.until('gatefleet/orders/', (entries) => entries.length === 0);
  const [present = 0] = await noted(at);
  const later = await at.startReplica(1, writes);
  process.kill(earlier.pid, 'SIGSTOP');
  at.takeOut(0);
  await untilNoted(at, [present + 1]);
  process.kill(earlier.pid, 'SIGCONT');
  await at.untilSays(earlier, /the term is over|standing for leader again/);

  await later.stop('SIGKILL');
  const before = await values(at);
  await at.untilSays(earlier, /UNKNOWN_FORMAT/);
  expect(await values(at)).toEqual(before);

  await at.startReplica(1, writes);
  const all = [...hosts, ...hostsOf(1, 'more')];
  await at.want(all);
  await at.untilPublished(all, PATIENCE_MS);
  await at.until('gatefleet/orders/', (entries) => entries.length === 0);
  await expectOnce(at, all);
  expect(await inFormats(at)).toEqual([present + 1]);
});

const formatOf = (record = '{}'): number | undefined => (JSON.parse(record) as { v?: number }).v;

async function sealed({ store }: Stand) {
  const entries = (await store.list('gatefleet/')).filter(({ value }) => value.includes('"nonce"'));
  return entries.map(({ key, value }) => ({ key, value, format: formatOf(value) }));
}

/** All formats that records are in. */
async function inFormats(at: Stand): Promise<readonly (number | undefined)[]> {
  return [...new Set((await sealed(at)).map(({ format }) => format))];
}

/** All that leaders write. */
async function values({ store }: Stand): Promise<ReadonlyMap<string, string>> {
  const entries = [...(await store.list('gatefleet/')), ...(await store.list('traefik/'))];
  return new Map(entries.flatMap(({ key, value }) => (key === 'gatefleet/leader' ? [] : [[key, value]])));
}

const formatsIn = (note = '{"formats":[]}'): readonly number[] => (JSON.parse(note) as { formats: number[] }).formats;

async function noted({ store }: Stand): Promise<readonly number[]> {
  return formatsIn((await store.get('gatefleet/sealed-with'))?.value);
}

function untilNoted(at: Stand, formats: readonly number[]): Promise<void> {
  const isNoted = ([note]: readonly { value: string }[]) => formatsIn(note?.value).join() === formats.join();
  return at.until('gatefleet/sealed-with', isNoted, PATIENCE_MS);
}
