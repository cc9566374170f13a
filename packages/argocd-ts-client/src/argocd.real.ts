import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startArgoCd, type ArgoCdPrograms } from '@gatefleet/test-programs';
import {
  connectArgoCd,
  connectArgoCdCore,
  type ApplicationEvent,
  type Applications,
  type StreamFormat,
  type WaitResult,
} from './index.ts';

jest.setTimeout(120_000);

let argoCd: ArgoCdPrograms;
let token: string;

beforeAll(async () => {
  argoCd = await startArgoCd();
  const { server, ca, password } = argoCd;
  // Its own certificate is for localhost.
  token = await connectArgoCd({ server, tls: { ca, serverName: 'localhost' } }).session.create('admin', password);
});
afterAll(async () => {
  await argoCd?.stop();
});

const overApi = (streams: StreamFormat = 'ndjson'): Applications =>
  connectArgoCd({ server: argoCd.server, token, tls: { ca: argoCd.ca, serverName: 'localhost' }, streams })
    .applications;
const overKubernetes = (): Applications =>
  connectArgoCdCore({
    server: argoCd.kubernetes.url,
    token: argoCd.kubernetes.tokens.get('admin'),
    tls: { ca: argoCd.kubernetes.ca },
  }).applications;

/** A result by itself, small enough for a failed expectation to print whole. */
function told({ application: _, ...result }: WaitResult): object {
  return result;
}

const configMap = (name: string, value: string) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { value } });

test('a password becomes a session, and the version is that of the generated types', async () => {
  const { server, ca } = argoCd;
  const tls = { ca, serverName: 'localhost' };
  expect(await connectArgoCd({ server, tls, token }).session.user()).toMatchObject({ name: 'admin' });
  expect(await connectArgoCd({ server, tls }).version()).toMatch(/^v3\.5\.7/);
  await expect(connectArgoCd({ server, tls }).session.create('admin', 'wrong')).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  });
  await expect(connectArgoCd({ server, tls, token: 'x' }).applications.list()).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  });
});

describe.each([
  { way: 'api', connect: () => overApi(), unknown: 'FORBIDDEN' },
  { way: 'core', connect: overKubernetes, unknown: 'NOT_FOUND' },
])('through the $way', ({ way, connect, unknown }) => {
  const wait = (name: string, revision: string): Promise<WaitResult> =>
    connect().wait(name, { revision, signal: AbortSignal.timeout(60_000) });

  test('an automated application arrives at each commit, also at one that changes nothing of it', async () => {
    const name = `auto-${way}`;
    const first = await argoCd.push(`${name}/a.yaml`, configMap(name, 'one'));
    await argoCd.apply(argoCd.application(name, { syncPolicy: { automated: { selfHeal: true } } }));
    expect(told(await wait(name, first))).toEqual({ kind: 'arrived', by: 'operation' });
    const second = await argoCd.push(`${name}/a.yaml`, configMap(name, 'two'));
    expect(told(await wait(name, second))).toEqual({ kind: 'arrived', by: 'operation' });
    const third = await argoCd.push('README', `of ${way}`);
    expect(told(await wait(name, third))).toEqual({ kind: 'arrived', by: 'no-change' });
  });

  test('a manual one waits for nobody, and arrives once it is synced', async () => {
    const name = `manual-${way}`;
    const commit = await argoCd.push(`${name}/a.yaml`, configMap(name, 'one'));
    await argoCd.apply(argoCd.application(name));
    expect(await wait(name, commit)).toMatchObject({ kind: 'failed', reason: 'NotAutomated' });
    await connect().sync(name, { revision: commit });
    expect(told(await wait(name, commit))).toEqual({ kind: 'arrived', by: 'operation' });
  });

  test('a commit that cannot be applied is told with its resource, and the one that mends it arrives', async () => {
    const name = `mended-${way}`;
    const retry = { limit: 3, refresh: true, backoff: { duration: '1s', factor: 1 } };
    const broken = await argoCd.push(`${name}/a.yaml`, configMap('NOT_A_NAME', 'one'));
    await argoCd.apply(argoCd.application(name, { syncPolicy: { automated: {}, retry } }));
    expect(await wait(name, broken)).toMatchObject({
      kind: 'failed',
      reason: 'SyncFailed',
      message: expect.stringContaining('RFC 1123'),
      resource: { kind: 'ConfigMap', name: 'NOT_A_NAME' },
    });
    const mended = await argoCd.push(`${name}/a.yaml`, configMap(name, 'one'));
    expect(await wait(name, mended)).toMatchObject({ kind: 'arrived' });
  });

  test('manifests that are not there are told', async () => {
    const name = `empty-${way}`;
    const commit = await argoCd.push('README', name);
    await argoCd.apply(argoCd.application(name));
    const result = await wait(name, commit);
    expect(result).toMatchObject({
      kind: 'failed',
      reason: 'ManifestsFailed',
      message: expect.stringContaining('path does not exist'),
    });
  });

  test('a name that is none is refused', async () => {
    await expect(connect().get('none')).rejects.toMatchObject({ code: unknown });
  });
});

test.each([
  { way: 'api', connect: () => overApi() },
  { way: 'api-sse', connect: () => overApi('sse') },
  { way: 'core', connect: overKubernetes },
])(
  'a watch through the $way outlives a restart of what it watches, without losing or doubling a state',
  async ({ way, connect }) => {
    const [kept, late] = [`kept-${way}`, `late-${way}`];
    await argoCd.apply(argoCd.application(kept, { path: 'none' }));
    const stop = new AbortController();
    const seen: ApplicationEvent[] = [];
    const isSeen = { [kept]: Promise.withResolvers<void>(), [late]: Promise.withResolvers<void>() };
    const watching = (async () => {
      for await (const event of connect().watch({ signal: stop.signal })) {
        seen.push(event);
        isSeen[event.application.metadata?.name ?? '']?.resolve();
      }
    })();
    await Promise.race([isSeen[kept]?.promise, watching]);
    const change = () => argoCd.apply(argoCd.application(late, { path: 'none' }));
    if (way !== 'core') await argoCd.restartServer(change);
    else {
      await argoCd.kubernetes.restart();
      await change();
    }
    await Promise.race([isSeen[late]?.promise, watching]);
    stop.abort();
    await watching;
    const states = seen.map(({ application: { metadata } }) => `${metadata?.name} ${metadata?.resourceVersion}`);
    expect(new Set(states).size).toBe(states.length);
    expect(seen.filter(({ type }) => type === 'added').map(({ application: { metadata } }) => metadata?.name)).toEqual(
      expect.arrayContaining([kept, late]),
    );
  },
);
