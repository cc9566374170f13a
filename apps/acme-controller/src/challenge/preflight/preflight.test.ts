import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { challengeResponder } from '../responder.ts';
import type { Addresses } from './addresses-of.ts';
import { httpPreflight } from './preflight.ts';
import { ProbeTokens } from './probe-tokens.ts';

const { signal } = new AbortController();
const now = () => new Date('2026-01-01T00:00:00Z');
const [key, another] = [randomBytes(32), randomBytes(32)];
const tokens = new ProbeTokens(() => [key], now);
const host = 'a.example.com';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const serve = (listener: RequestListener) => listening(createServer({ keepAlive: false }, listener));

const responder = challengeResponder({
  load: () => Promise.reject(new Error('the store is not for probes')),
  answerOf: (token) => tokens.answerOf(token),
  now,
  onAnswer: () => undefined,
  log: pino({ enabled: false }),
});

interface Given {
  readonly port: number;
  readonly addresses?: readonly string[];
  readonly networks?: readonly string[];
  readonly dns?: Addresses;
}

function look({ port, addresses = ['127.0.0.1'], networks = ['127.0.0.0/8'], dns }: Given) {
  const findAddresses = () => Promise.resolve<Addresses>(dns ?? { kind: 'known', addresses });
  return httpPreflight({ tokens, findAddresses, networks, port }).look(host, signal);
}

test('a host at our responder leads here, and the store is not asked', async () => {
  expect(await look({ port: await serve(responder) })).toEqual({ kind: 'here' });
});

test('it is asked as a CA asks: by the path of a challenge and the host', async () => {
  const asked: unknown[] = [];
  await look({
    port: await serve(({ url, method, headers }, response) => {
      asked.push([method, url?.replace(/[A-Za-z0-9_-]{16,128}$/, 'TOKEN'), headers.host]);
      response.end();
    }),
  });
  expect(asked).toEqual([['GET', '/.well-known/acme-challenge/TOKEN', host]]);
});

test.each<{ given: string; listener: RequestListener; status: number }>([
  { given: 'another server', listener: (_, response) => void response.writeHead(404).end(), status: 404 },
  { given: 'one that answers everything', listener: (_, response) => void response.end('welcome'), status: 200 },
  {
    given: 'one that says the token back',
    listener: ({ url = '' }, response) => void response.end(url.slice(url.lastIndexOf('/') + 1)),
    status: 200,
  },
  {
    given: 'a responder of another environment',
    listener: challengeResponder({
      load: async () => undefined,
      answerOf: (token) => new ProbeTokens(() => [another], now).answerOf(token),
      now,
      onAnswer: () => undefined,
      log: pino({ enabled: false }),
    }),
    status: 404,
  },
])('a host at $given leads elsewhere', async ({ listener, status }) => {
  const reason = `${host} leads to 127.0.0.1, which answers the challenge path with status ${status} and is no gateway of this environment`;
  expect(await look({ port: await serve(listener) })).toMatchObject({ kind: 'elsewhere', reason });
});

test('a redirect is not followed, not even to us', async () => {
  const asked: (string | undefined)[] = [];
  const target = await serve((request, response) => {
    asked.push(request.url);
    responder(request, response);
  });
  const port = await serve(({ url }, response) =>
    response.writeHead(302, { location: `http://127.0.0.1:${target}${url ?? ''}` }).end(),
  );
  expect(await look({ port })).toMatchObject({ reason: expect.stringContaining('with status 302') });
  expect(asked).toEqual([]);
});

test('of an answer without an end no more is read than ours is long', async () => {
  const closed = Promise.withResolvers<void>();
  const port = await serve((_, response) => {
    response.once('close', closed.resolve);
    const more = (): void => {
      if (!response.destroyed) response.write('x'.repeat(1_000), more);
    };
    more();
  });
  expect(await look({ port })).toMatchObject({ reason: expect.stringContaining('with status 200') });
  await closed.promise;
});

test('who does not answer is given up', async () => {
  const port = await serve(() => undefined);
  expect(await look({ port })).toMatchObject({
    reason: `${host} leads to 127.0.0.1, which does not answer at port 80 (no answer in 3 s)`,
  });
}, 30_000);

test('what speaks something else is no gateway', async () => {
  const port = await listening(createTcpServer((socket) => socket.end('220 mail.example.com ESMTP\r\n')));
  expect(await look({ port })).toMatchObject({ kind: 'elsewhere', reason: expect.stringContaining('HPE_INVALID') });
});

test('given a port that is closed, it says so', async () => {
  const port = await serve(responder);
  await new Promise((resolve) => servers.splice(0)[0]?.close(resolve));
  expect(await look({ port })).toMatchObject({ reason: expect.stringContaining('(ECONNREFUSED)') });
});

test.each([
  { given: 'this machine', addresses: ['127.0.0.1'] },
  { given: 'this machine in IPv6 dress', addresses: ['::ffff:127.0.0.1'] },
  { given: 'the metadata of a cloud', addresses: ['169.254.169.254'] },
  { given: 'a public address first', addresses: ['1.1.1.1', '127.0.0.1'] },
])('given $given, nothing is connected to', async ({ addresses }) => {
  let asked = 0;
  const port = await listening(createTcpServer(() => (asked += 1)));
  const lead = await look({ port, addresses, networks: [] });
  expect(lead).toMatchObject({
    kind: 'elsewhere',
    reason: `${host} leads to ${addresses.at(-1)!}, which is not a public address`,
  });
  expect(asked).toBe(0);
});

test.each<{ given: string; dns: Addresses; reason: string }>([
  { given: 'no address', dns: { kind: 'known', addresses: [] }, reason: `${host} has no address in DNS` },
  {
    given: 'DNS that fails',
    dns: { kind: 'unknown', why: 'ESERVFAIL' },
    reason: `DNS does not tell where ${host} leads (ESERVFAIL)`,
  },
])('given $given, it says so', async ({ dns, reason }) => {
  expect(await look({ port: 1, dns })).toMatchObject({ kind: 'elsewhere', reason });
});

test('all addresses have to lead here: a CA takes any', async () => {
  const port = await serve(responder);
  const addresses = ['127.0.0.1', '127.0.0.2'];
  expect(await look({ port, addresses })).toMatchObject({ reason: expect.stringContaining('leads to 127.0.0.2,') });
});

test('an end of the term is no answer', async () => {
  const port = await serve(() => undefined);
  const preflight = httpPreflight({
    tokens,
    findAddresses: async () => ({ kind: 'known', addresses: ['127.0.0.1'] }),
    networks: ['127.0.0.0/8'],
    port,
  });
  await expect(preflight.look(host, AbortSignal.abort(new Error('the term is over')))).rejects.toThrow(
    'the term is over',
  );
});
