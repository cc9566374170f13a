import { startConsul, startTraefik, type ConsulProgram, type TraefikProgram } from '@gatefleet/test-programs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { alertQueries, panelQueries, readQuery } from '../testing/monitoring-queries.ts';

let consul: ConsulProgram;
let traefik: TraefikProgram;

beforeAll(async () => {
  consul = await startConsul();
  traefik = await startTraefik(consul.address);
}, 900_000);
afterAll(async () => {
  await Promise.all([traefik.stop(), consul.stop()]);
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
