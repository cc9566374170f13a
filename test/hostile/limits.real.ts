import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { request as plain, type IncomingMessage, type RequestOptions } from 'node:http';
import type { Socket } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startGateway, type Gateway } from './support/gateway.ts';
import { askUntilRight } from './support/good.ts';
import { host, stand } from './support/stand.ts';
import { startStreams } from './support/streams.ts';

const stack = new AsyncDisposableStack();
const streams = stack.use(await startStreams());
const { own, consul } = await stand(stack, streams);
afterAll(() => stack.disposeAsync());

async function started(middleware: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const middlewares = ['web', 'websecure'].map((one) => `--entryPoints.${one}.http.middlewares=${middleware}@file`);
  const gateway = stack.use(await startGateway(consul, {}, { args: [...middlewares, ...args], env }));
  const url = `https://127.0.0.1:${gateway.websecure}/public/sink`;
  const good = { url, headers: { host }, servername: host, ca: own.certificate, answer: '200  0 bytes' };
  expect(await askUntilRight(good)).toBeUndefined();
  return gateway;
}

function asked(gateway: Gateway, path: string, options: RequestOptions = {}) {
  const headers = { host, ...(options.headers as object) };
  const sent = plain({ host: '127.0.0.1', port: gateway.web, path, agent: false, ...options, headers });
  const answer = once(sent, 'response').then(([response]) => response as IncomingMessage);
  answer.catch(() => undefined);
  sent.on('error', () => undefined);
  return { sent, answer };
}

const statusOf = async (answer: Promise<IncomingMessage>) => {
  const response = await answer;
  response.resume();
  return response.statusCode;
};

describe('spec.gateway.maxRequestBody', () => {
  const LIMIT = 100_000;
  let gateway: Gateway;
  let http2: ClientHttp2Session;
  beforeAll(async () => {
    const plugin = [
      '--experimental.localPlugins.bodylimit.moduleName=gatefleet.dev/bodylimit',
      '--experimental.abortOnPluginFailure=true',
    ];
    gateway = await started('body-limit', plugin, { MAX_REQUEST_BODY: String(LIMIT) });
    http2 = connectHttp2(`https://127.0.0.1:${gateway.websecure}`, { servername: host, ca: own.certificate });
  }, 60_000);
  afterAll(() => http2.close());

  const stream = (path: string, headers: object = {}) =>
    http2.request({ ':method': 'POST', ':authority': host, ':path': path, ...headers });

  describe.each<{ by: string; post: (path: string, body: Buffer, length?: number) => Promise<number | undefined> }>([
    {
      by: 'HTTP/1.1',
      async post(path, body, length) {
        const told = length === undefined ? {} : { 'content-length': length };
        const { sent, answer } = asked(gateway, path, { method: 'POST', headers: told });
        sent.write(body);
        if (length === undefined || length === body.length) sent.end();
        return statusOf(answer).finally(() => sent.destroy());
      },
    },
    {
      by: 'HTTP/2',
      async post(path, body, length) {
        const sent = stream(path, length === undefined ? {} : { 'content-length': length });
        sent.on('error', () => undefined);
        sent.write(body);
        if (length === undefined || length === body.length) sent.end();
        const [headers] = (await once(sent, 'response')) as [{ ':status': number }];
        sent.close();
        return headers[':status'];
      },
    },
  ])('by $by', ({ by, post }) => {
    test.each<{ given: string; bytes: number; told?: number; then: number; whole: boolean }>([
      { given: 'as long as may be, and says so', bytes: LIMIT, told: LIMIT, then: 200, whole: true },
      { given: 'as long as may be, in chunks', bytes: LIMIT, then: 200, whole: true },
      { given: 'a byte longer, and says so', bytes: LIMIT + 1, told: LIMIT + 1, then: 413, whole: false },
      { given: 'a byte longer, in chunks', bytes: LIMIT + 1, then: 500, whole: false },
      { given: 'said to be a petabyte, and hardly begun', bytes: 10, told: 1e15, then: 413, whole: false },
    ])('a body that is $given is answered with $then', async ({ bytes, told, then, whole }) => {
      const path = `/public/sink?${by}-${bytes}-${told}`;
      expect(await post(path, Buffer.alloc(bytes), told)).toBe(then);
      expect(streams.whole.filter((one) => one.startsWith(path))).toEqual(whole ? [`${path} ${bytes}`] : []);
    });
  });

  test('events come one by one', async () => {
    const { sent, answer } = asked(gateway, '/public/events');
    sent.end();
    const response = await answer;
    const [first] = (await once(response, 'data')) as [Buffer];
    streams.release();
    expect(first.toString() + (await text(response))).toBe('data: 1\n\ndata: 2\n\n');
  });

  test('what is sent is answered before its end, as gRPC does', async () => {
    const sent = stream('/public/echo');
    for (const piece of ['one', 'two', 'three']) {
      sent.write(piece);
      const [back] = (await once(sent, 'data')) as [Buffer];
      expect(back.toString()).toBe(piece);
    }
    sent.end();
    sent.resume();
    await once(sent, 'end');
  });

  test('a WebSocket carries more than a body may', async () => {
    const headers = { connection: 'upgrade', upgrade: 'websocket' };
    const { sent } = asked(gateway, '/public/socket', { headers });
    sent.end();
    const [, socket] = (await once(sent, 'upgrade')) as [IncomingMessage, Socket];
    let back = 0;
    const all = new Promise<void>((resolve) => {
      socket.on('data', (chunk: Buffer) => {
        back += chunk.length;
        if (back >= 3 * LIMIT) resolve();
      });
    });
    socket.write(Buffer.alloc(3 * LIMIT));
    await all;
    expect(back).toBe(3 * LIMIT);
    socket.destroy();
  });
});

describe('spec.gateway.maxRequestsPerClient', () => {
  const MOST = 10;
  const proxies = '127.0.0.0/8';

  test.each<{
    given: string;
    args: readonly string[];
    env: Record<string, string>;
    of: (client: number) => RequestOptions;
  }>([
    {
      given: 'clients that connect themselves',
      args: [],
      env: {},
      of: (client) => ({ localAddress: `127.0.0.${client}` }),
    },
    {
      given: 'clients that a proxy tells of',
      args: [`--entryPoints.web.forwardedHeaders.trustedIPs=${proxies}`],
      env: { TRUSTED_PROXIES: proxies },
      of: (client) => ({ headers: { 'x-forwarded-for': `203.0.113.${client}, 127.0.0.9` } }),
    },
  ])(
    'given $given, one that has its share gets 429, and others do not',
    async ({ args, env, of }) => {
      const gateway = await started('client-limit', args, { MAX_REQUESTS_PER_CLIENT: String(MOST), ...env });
      const hold = (client: number) => {
        const { sent, answer } = asked(gateway, '/public/held', of(client));
        sent.end();
        return statusOf(answer);
      };
      const held = Array.from({ length: MOST }, () => hold(2));
      await streams.holds(MOST);
      expect(await hold(2)).toBe(429);
      const other = hold(3);
      await streams.holds(MOST + 1);
      streams.release();
      expect(await Promise.all([...held, other])).toEqual(Array<number>(MOST + 1).fill(200));
      const again = hold(2);
      await streams.holds(1);
      streams.release();
      expect(await again).toBe(200);
    },
    60_000,
  );
});
