import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startArgoCd, type ArgoCdPrograms } from '@gatefleet/test-programs';
import { connectArgoCd, connectArgoCdCore, createFetch, type Applications, type Fetch, type Tls } from './index.ts';
import { countingFetch } from './testing/counting-fetch.ts';

// Two hundred applications that are synced for real, on a busy machine.
jest.setTimeout(600_000);

const names = Array.from({ length: 200 }, (_, i) => `app-${i}`);

let argoCd: ArgoCdPrograms;
let token: string;

beforeAll(async () => {
  argoCd = await startArgoCd();
  const { server, ca, password } = argoCd;
  // Its own certificate is for localhost.
  token = await connectArgoCd({ server, tls: { ca, serverName: 'localhost' } }).session.create('admin', password);
  await push(names, 'zero');
  await argoCd.apply({
    apiVersion: 'v1',
    kind: 'List',
    items: names.map((name) => argoCd.application(name, { syncPolicy: { automated: {} } })),
  });
});
afterAll(async () => {
  await argoCd?.stop();
});

/** Changes these applications, by one commit. */
const push = (changed: readonly string[], value: string) =>
  argoCd.pushAll(
    Object.fromEntries(
      changed.map((name) => [
        `${name}/a.yaml`,
        JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { value } }),
      ]),
    ),
  );

describe.each<{ way: string; changed: readonly string[]; tls: () => Tls; connect: (fetch: Fetch) => Applications }>([
  {
    way: 'core',
    changed: names,
    tls: () => ({ ca: argoCd.kubernetes.ca }),
    connect: (fetch) => {
      const { url: server, tokens } = argoCd.kubernetes;
      return connectArgoCdCore({ server, token: tokens.get('admin'), fetch }).applications;
    },
  },
  {
    way: 'api',
    changed: names.slice(0, 20),
    tls: () => ({ ca: argoCd.ca, serverName: 'localhost' }),
    connect: (fetch) => connectArgoCd({ server: argoCd.server, token, fetch }).applications,
  },
])('through the $way', ({ way, changed, tls, connect }) => {
  test(`${changed.length} applications arrive at a commit that changes each of them, over one stream`, async () => {
    const { fetch, count } = countingFetch(createFetch(tls()));
    const commit = await push(changed, way);
    const began = performance.now();
    const results = await connect(fetch).waitAll(new Map(changed.map((name) => [name, commit])), {
      signal: AbortSignal.timeout(500_000),
    });
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    process.stderr.write(
      `${changed.length} applications through the ${way}: ${seconds} s, ${JSON.stringify(count())}\n`,
    );
    expect([...results].filter(([, { kind }]) => kind !== 'arrived')).toEqual([]);
    expect([...results.keys()]).toEqual(changed);
    expect(count().streams).toBe(1);
  });

  test('all of them are listed by one request', async () => {
    const { fetch, count } = countingFetch(createFetch(tls()));
    const listed = await connect(fetch).list();
    expect(listed.map(({ metadata }) => metadata?.name).toSorted()).toEqual(names.toSorted());
    expect(count()).toEqual({ streams: 0, lists: 1, others: 0 });
  });
});
