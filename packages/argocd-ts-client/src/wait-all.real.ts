import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startArgoCd, type ArgoCdPrograms } from '@gatefleet/test-programs';
import { connectArgoCd, connectArgoCdCore, createFetch, type Applications, type Fetch, type Tls } from './index.ts';
import { countingFetch } from './testing/counting-fetch.ts';

// Applications that are synced for real, on a busy machine.
jest.setTimeout(600_000);

const names = Array.from({ length: 40 }, (_, i) => `app-${i}`);

let argoCd: ArgoCdPrograms;
let token: string;

beforeAll(async () => {
  argoCd = await startArgoCd();
  const { server, ca, password } = argoCd;
  // Its own certificate is for localhost.
  token = await connectArgoCd({ server, tls: { ca, serverName: 'localhost' } }).session.create('admin', password);
  await push('zero');
  await argoCd.apply({
    apiVersion: 'v1',
    kind: 'List',
    items: names.map((name) => argoCd.application(name, { syncPolicy: { automated: {} } })),
  });
});
afterAll(async () => {
  await argoCd?.stop();
});

/** Changes every application, by one commit. */
const push = (value: string) =>
  argoCd.pushAll(
    Object.fromEntries(
      names.map((name) => [
        `${name}/a.yaml`,
        JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { value } }),
      ]),
    ),
  );

describe.each<{ way: string; tls: () => Tls; connect: (fetch: Fetch) => Applications }>([
  {
    way: 'core',
    tls: () => ({ ca: argoCd.kubernetes.ca }),
    connect: (fetch) => {
      const { url: server, tokens } = argoCd.kubernetes;
      return connectArgoCdCore({ server, token: tokens.get('admin'), fetch }).applications;
    },
  },
  {
    way: 'api',
    tls: () => ({ ca: argoCd.ca, serverName: 'localhost' }),
    connect: (fetch) => connectArgoCd({ server: argoCd.server, token, fetch }).applications,
  },
])('through the $way', ({ way, tls, connect }) => {
  test(`${names.length} applications arrive at a commit that changes each of them, over one stream`, async () => {
    const { fetch, count } = countingFetch(createFetch(tls()));
    const commit = await push(way);
    const began = performance.now();
    const results = await connect(fetch).waitAll(new Map(names.map((name) => [name, commit])), {
      signal: AbortSignal.timeout(500_000),
    });
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    process.stderr.write(`${names.length} applications through the ${way}: ${seconds} s, ${JSON.stringify(count())}\n`);
    expect([...results].filter(([, { kind }]) => kind !== 'arrived')).toEqual([]);
    expect([...results.keys()]).toEqual(names);
    expect(count().streams).toBe(1);
  });

  test('all of them are listed by one request', async () => {
    const { fetch, count } = countingFetch(createFetch(tls()));
    const listed = await connect(fetch).list();
    expect(listed.map(({ metadata }) => metadata?.name).toSorted()).toEqual(names.toSorted());
    expect(count()).toEqual({ streams: 0, lists: 1, others: 0 });
  });
});
