import type { ServerResponse } from 'node:http';
import { expect, test } from '@jest/globals';
import { generatePrivateKey } from '../keys/private-key.ts';
import { startScriptedCa, type ScriptedCa } from '../testing/scripted-ca.ts';
import { openAccount } from './account.ts';
import { importAccountKey } from './account-key.ts';
import { connectCa, type CaOptions } from './certificate-authority.ts';

const { signal } = new AbortController();
const key = await importAccountKey(await generatePrivateKey());
const problem = (type: string, detail = 'so it is') =>
  JSON.stringify({ type: `urn:ietf:params:acme:error:${type}`, detail });

function connect(server: ScriptedCa, options: Partial<CaOptions> = {}) {
  const { origin, caBundle } = server;
  const ca = connectCa({ directoryUrl: `${origin}/dir`, caBundle, ...options });
  return {
    ca,
    account: openAccount(ca, key, `${origin}/account/1`),
    post: () => ca.post('asking', { endpoint: 'order', url: `${origin}/thing`, key }, signal),
  };
}

test('given a rejected nonce, the same request goes out again with the nonce that came with the error', async () => {
  await using server = await startScriptedCa((request, response, attempt) => {
    if (attempt > 2) return response.end('{}');
    response.setHeader('replay-nonce', `fresh-${String(attempt)}`);
    return response.writeHead(400).end(problem('badNonce'));
  });
  await connect(server).post();
  expect(server.received.map(({ protected: header }) => header.nonce).slice(1)).toEqual(['fresh-1', 'fresh-2']);
  expect(new Set(server.received.map(({ payload }) => payload)).size).toBe(1);
});

test('given a CA that rejects every nonce, it gives up after ten', async () => {
  await using server = await startScriptedCa((_, response) => response.writeHead(400).end(problem('badNonce')));
  await expect(connect(server).post()).rejects.toMatchObject({
    code: 'REFUSED',
    type: expect.stringContaining('badNonce'),
  });
  expect(server.received).toHaveLength(10);
});

test('given any other error, nothing is sent again', async () => {
  await using server = await startScriptedCa((_, response) => response.writeHead(500).end(problem('serverInternal')));
  await expect(connect(server).post()).rejects.toMatchObject({ code: 'CA_BROKEN', status: 500 });
  expect(server.received).toHaveLength(1);
});

test('each answer gives the nonce of the next request', async () => {
  await using server = await startScriptedCa((_, response) => response.end('{}'));
  const { post } = connect(server);
  await post();
  await post();
  expect(server.received.map(({ protected: header }) => header.nonce)).toEqual(['n2', 'n3']);
});

test.each([
  ['in seconds', () => '90'],
  ['as a date', () => new Date(Date.now() + 90_000).toUTCString()],
])('given a rate limit with Retry-After %s, the error says until when', async (_, header) => {
  await using server = await startScriptedCa((__, response) => {
    response.writeHead(429, { 'retry-after': header() }).end(problem('rateLimited', 'too many'));
  });
  const error: unknown = await connect(server)
    .post()
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'RATE_LIMITED',
    message: 'asking: rateLimited too many',
    retryAfter: expect.any(Date),
  });
  expect((error as { retryAfter: Date }).retryAfter.getTime()).toBeGreaterThan(Date.now() + 60_000);
});

test.each([
  ['an unknown account', 400, problem('accountDoesNotExist'), 'ACCOUNT_UNKNOWN'],
  ['a refused name', 403, problem('rejectedIdentifier'), 'REFUSED'],
  ['no problem document', 404, 'not found', 'REFUSED'],
  ['a proxy in between', 502, '<html>', 'CA_BROKEN'],
  ['a redirect', 302, '', 'CA_BROKEN'],
])('given %s, the error is told apart', async (_, status, body, code) => {
  await using server = await startScriptedCa((__, response) => response.writeHead(status).end(body));
  await expect(connect(server).post()).rejects.toMatchObject({ code, status });
});

test('subproblems name the identifiers they are about', async () => {
  const subproblems = [{ type: 'x', detail: 'forbidden', identifier: { type: 'dns', value: 'a.example.org' } }];
  await using server = await startScriptedCa((_, response) => {
    response
      .writeHead(400)
      .end(JSON.stringify({ type: 'urn:ietf:params:acme:error:compound', detail: 'some', subproblems }));
  });
  await expect(connect(server).post()).rejects.toThrow('asking: compound some; a.example.org: forbidden');
});

test('given an order that is not one, or URLs that are not https, the CA is called broken', async () => {
  const order = { status: 'pending', identifiers: [], authorizations: [], finalize: 'http://inside.example.org/' };
  await using server = await startScriptedCa((_, response, attempt) =>
    response.end(attempt === 1 ? '[]' : JSON.stringify(order)),
  );
  const { account } = connect(server);
  await expect(account.order(`${server.origin}/order/1`, signal)).rejects.toMatchObject({ code: 'CA_BROKEN' });
  await expect(account.order(`${server.origin}/order/1`, signal)).rejects.toMatchObject({ code: 'CA_BROKEN' });
});

test.each([404, 403])('given HTTP %i for an order, it is lost', async (status) => {
  await using server = await startScriptedCa((_, response) => response.writeHead(status).end());
  await expect(connect(server).account.order(`${server.origin}/order/1`, signal)).rejects.toMatchObject({
    code: 'ORDER_LOST',
  });
});

test('profile and replaces go into the order as they are, and are left out when they are not given', async () => {
  const refuse = (_: unknown, response: ServerResponse) => response.writeHead(400).end(problem('malformed'));
  await using server = await startScriptedCa(refuse, { profiles: { shortlived: 'For six days' } });
  const { account } = connect(server);
  const names = ['a.example.org'];
  await account.newOrder({ names, profile: 'shortlived', replaces: 'aki.serial' }, signal).catch(() => undefined);
  await account.newOrder({ names }, signal).catch(() => undefined);
  const identifiers = [{ type: 'dns', value: 'a.example.org' }];
  expect(server.received.map(({ payload }) => JSON.parse(payload) as unknown)).toEqual([
    { identifiers, profile: 'shortlived', replaces: 'aki.serial' },
    { identifiers },
  ]);
  expect(server.received[0]?.protected.kid).toBe(`${server.origin}/account/1`);
});

test('a profile that the CA does not list is not asked for, and what it lists is told', async () => {
  const order = { names: ['a.example.org'], profile: 'tlsserver' };
  await using server = await startScriptedCa((_, response) => response.end('{}'), { profiles: { classic: '90 days' } });
  await expect(connect(server).account.newOrder(order, signal)).rejects.toMatchObject({
    code: 'REFUSED',
    message: expect.stringContaining('no profile "tlsserver"'),
    hint: 'it has classic',
  });
  expect(server.received).toEqual([]);

  const refuse = (_: unknown, response: ServerResponse) => response.writeHead(400).end(problem('malformed'));
  await using without = await startScriptedCa(refuse);
  await connect(without)
    .account.newOrder(order, signal)
    .catch(() => undefined);
  expect(without.received.map(({ payload }) => Object.keys(JSON.parse(payload) as object))).toEqual([['identifiers']]);
});

test('requests name the program and are of the right type', async () => {
  await using server = await startScriptedCa((_, response) => response.end('{}'));
  await connect(server, { userAgent: 'gatefleet/0.1.0' }).post();
  const [request] = server.received;
  expect(request?.headers).toMatchObject({ 'user-agent': 'gatefleet/0.1.0', 'content-type': 'application/jose+json' });
});

test('given a server whose certificate the bundle does not cover, it is unreachable and nothing is sent', async () => {
  await using server = await startScriptedCa((_, response) => response.end('{}'));
  await using other = await startScriptedCa((_, response) => response.end('{}'));
  await expect(connect(server, { caBundle: other.caBundle }).post()).rejects.toMatchObject({ code: 'UNREACHABLE' });
  expect(server.received).toEqual([]);
});

test('given no answer in time, a broken connection, or one without end, the CA is unreachable', async () => {
  await using silent = await startScriptedCa(() => undefined);
  await expect(connect(silent, { timeoutMs: 300 }).post()).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: expect.stringContaining('no answer in 300 ms'),
  });
  await using broken = await startScriptedCa((_, response) => response.socket?.destroy());
  await expect(connect(broken).post()).rejects.toMatchObject({ code: 'UNREACHABLE' });
  await using torn = await startScriptedCa((_, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('{', () => response.socket?.destroy());
  });
  await expect(connect(torn).post()).rejects.toMatchObject({ code: 'UNREACHABLE' });
  await using endless = await startScriptedCa((_, response) => response.end('x'.repeat(1024 * 1024 + 1)));
  await expect(connect(endless).post()).rejects.toMatchObject({ code: 'UNREACHABLE' });
});

test('given an aborted signal, its reason is thrown', async () => {
  const stop = new AbortController();
  await using server = await startScriptedCa(() => {
    stop.abort(new Error('shutting down'));
  });
  const { ca } = connect(server);
  await expect(
    ca.post('asking', { endpoint: 'order', url: `${server.origin}/thing`, key }, stop.signal),
  ).rejects.toThrow('shutting down');
});
