import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { closedConsul, startConsulCluster, type Which } from '@gatefleet/test-programs';
import { tellFigures } from './support/figures.ts';

const servers = [0, 1, 2] as const;

/** In a cluster that is closed as in every environment. On a busy machine servers may elect again, and answer 500 meanwhile. */
const asked = async (token: string, url: string, body?: unknown): Promise<unknown> => {
  const headers = { 'X-Consul-Token': token };
  const init = body === undefined ? {} : { method: 'PUT', body: JSON.stringify(body) };
  for (;;) {
    const answer = await fetch(url, { ...init, headers });
    if (answer.ok) return answer.json();
    if (answer.status !== 500) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
    await sleep(500);
  }
};
const until = async (isSo: () => Promise<boolean>) => {
  while (!(await isSo().catch(() => false))) await sleep(500);
};

test('a disk that is lost while nobody leads keeps the name of its server reserved; it votes, and is free when it starts anew', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gatefleet-reserved-'));
  const { settings, management, register } = await closedConsul(folder);
  await using cluster = await startConsulCluster({ settings, token: () => management });
  await register(cluster.addresses);
  const leader = await cluster.leader();
  const [lost = 1, left = 2] = servers.filter((which) => which !== leader);
  const at = (which: Which, path: string, body?: unknown) =>
    asked(management, `${cluster.addresses[which]}/v1/${path}`, body);
  /** By which the server is known in the catalog. */
  const known = async () => {
    const get = [{ Node: { Verb: 'get', Node: { Node: `consul-${lost}` } } }];
    const { Results } = (await at(left, 'txn', get)) as { Results: [{ Node: { ID: string } }] };
    return Results[0].Node.ID;
  };
  const own = async () => ((await at(lost, 'agent/self')) as { Config: { NodeID: string } }).Config.NodeID;
  const former = await own();

  await cluster.kill(leader);
  await cluster.kill(lost);
  await cluster.wipe(lost);
  cluster.move(lost);
  await cluster.start(lost);
  const host = cluster.peer(lost).split(':')[0];
  await until(async () => {
    const members = (await at(left, 'agent/members')) as { Addr: string; Status: number }[];
    return members.some(({ Addr, Status }) => Addr === host && Status === 1);
  });
  await cluster.start(leader);
  await cluster.ready(3);
  expect(await own()).not.toBe(former);
  expect(await known()).toBe(former);
  expect(await at(lost, 'session/create', { TTL: '10s', NodeChecks: [] })).toEqual({ ID: expect.any(String) });

  // What a deleted Pod does, even where it cannot leave.
  const began = performance.now();
  await cluster.kill(lost);
  cluster.move(lost);
  await cluster.start(lost);
  await until(async () => (await known()) === (await own()));
  await cluster.ready(3);
  tellFigures({ seconds: Math.round((performance.now() - began) / 1000) });
  await rm(folder, { recursive: true });
}, 600_000);
