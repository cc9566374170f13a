import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  closedConsul,
  startConsul,
  startTraefik,
  type ConsulProgram,
  type TraefikProgram,
} from '@gatefleet/test-programs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { alertQueries, panelQueries, readQuery } from '../testing/monitoring-queries.ts';

let folder: string;
let consul: ConsulProgram;
let traefik: TraefikProgram;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatefleet-monitoring-'));
  const closed = await closedConsul(folder);
  consul = await startConsul(closed);
  await closed.register([consul.address]);
  traefik = await startTraefik(consul.address, closed.filesOf('traefik'));
}, 900_000);
afterAll(async () => {
  await Promise.all([traefik.stop(), consul.stop()]);
  await rm(folder, { recursive: true });
});

test('a gateway exports all that alerts and panels ask of it, with the labels that they tell it apart by', async () => {
  const asked = [...(await alertQueries()), ...(await panelQueries())].flatMap((query) => readQuery(query).metrics);
  const names = [...new Set(asked)].filter((metric) => metric.startsWith('traefik_'));
  expect(names).not.toEqual([]);
  // Requests are counted when they are answered.
  await (await fetch(`http://127.0.0.1:${traefik.web}/`)).text();
  const text = await (await fetch(`http://127.0.0.1:${traefik.internal}/metrics`)).text();
  for (const name of names) expect(text).toMatch(new RegExp(`^${name}[ {]`, 'm'));
  for (const name of names.filter((each) => /requests|connections/.test(each))) {
    expect(text).toMatch(new RegExp(`^${name}\\{[^}]*entrypoint="`, 'm'));
  }
});
