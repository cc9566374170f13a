import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { ConsulKvStore } from './consul-kv-store.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that answers as told: what Consul says in trouble cannot be had from a healthy one. */
async function answering(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  open.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closedPort(): Promise<string> {
  const address = await answering(() => undefined);
  await new Promise((resolve) => open.pop()?.close(resolve));
  return address;
}

const entry = JSON.stringify([{ Key: 'a', Value: 'MQ==', ModifyIndex: 5, LockIndex: 0, CreateIndex: 5, Flags: 0 }]);

test.each([
  { status: 403, body: 'ACL not found', code: 'UNKNOWN_TOKEN', isRetryable: true },
  { status: 403, body: 'Permission denied: token lacks it', code: 'FORBIDDEN', isRetryable: false },
  { status: 500, body: 'No cluster leader', code: 'NO_LEADER', isRetryable: true },
  { status: 500, body: 'rpc error making call: EOF', code: 'SERVER_ERROR', isRetryable: true },
  { status: 429, body: 'rate limit', code: 'SERVER_ERROR', isRetryable: true },
  { status: 400, body: 'Missing key name', code: 'BAD_ANSWER', isRetryable: false },
  { status: 413, body: 'too large', code: 'TOO_LARGE', isRetryable: false },
  { status: 200, body: '<html>', code: 'BAD_ANSWER', isRetryable: false },
  { status: 200, body: '[{"Key":5}]', code: 'BAD_ANSWER', isRetryable: false },
])('given $status "$body", the error is $code', async ({ status, body, code, isRetryable }) => {
  const address = await answering((_, response) => response.writeHead(status).end(body));
  const store = new ConsulKvStore({ addresses: [address] });
  await expect(store.get('a')).rejects.toMatchObject({ name: 'KvError', code, isRetryable });
});

test('given a server that cannot be reached, any call goes to the next', async () => {
  const good = await answering((request, response) => response.end(request.method === 'GET' ? entry : 'true'));
  const closed = await closedPort();
  for (let i = 0; i < 4; i += 1) {
    const store = new ConsulKvStore({ addresses: [closed, good] });
    expect(await store.get('a')).toMatchObject({ value: '1', index: 5 });
    expect(await store.put('a', '1', 5)).toEqual({ kind: 'written' });
  }
});

test('given a server without a leader, a read goes to the next and a write is left to the caller', async () => {
  let writes = 0;
  const leaderless: RequestListener = (request, response) => {
    if (request.method === 'PUT') writes += 1;
    response.writeHead(500).end('No cluster leader');
  };
  const addresses = [await answering(leaderless), await answering(leaderless)];
  await expect(new ConsulKvStore({ addresses }).put('a', '1', 0)).rejects.toMatchObject({ code: 'NO_LEADER' });
  expect(writes).toBe(1);
  const good = await answering((_, response) => response.end(entry));
  expect(await new ConsulKvStore({ addresses: [...addresses, good] }).get('a')).toMatchObject({ value: '1' });
});

test('given no server, the error says so', async () => {
  const store = new ConsulKvStore({ addresses: [await closedPort()] });
  await expect(store.put('a', '1', 0)).rejects.toMatchObject({ code: 'UNREACHABLE' });
});

test('given a silent server, the call ends as interrupted', async () => {
  const store = new ConsulKvStore({ addresses: [await answering(() => undefined)], timeoutMs: 50 });
  await expect(store.put('a', '1', 0)).rejects.toMatchObject({ code: 'INTERRUPTED', isRetryable: true });
});

test('given an answer that takes longer than a server may be silent, and keeps coming, it is read to its end', async () => {
  const address = await answering((_, response) => {
    const parts = entry.split('');
    const next = () => (parts.length > 0 ? response.write(parts.splice(0, 10).join('')) : response.end());
    const going = setInterval(next, 100);
    response.once('close', () => clearInterval(going));
  });
  const store = new ConsulKvStore({ addresses: [address], timeoutMs: 500 });
  await expect(store.get('a')).resolves.toMatchObject({ value: '1', index: 5 });
});

test('given a server that falls silent in the middle of its answer, the call ends as interrupted', async () => {
  const address = await answering((_, response) => response.write(entry.slice(0, 10)));
  const store = new ConsulKvStore({ addresses: [address], timeoutMs: 50 });
  await expect(store.get('a')).rejects.toMatchObject({
    code: 'INTERRUPTED',
    message: expect.stringContaining('did not answer in time'),
  });
});

test('the token goes in a header, and into no error', async () => {
  const seen: unknown[] = [];
  const address = await answering((request, response) => {
    seen.push(request.headers['x-consul-token'], request.url?.includes('s3cret'));
    response.writeHead(403).end('Permission denied');
  });
  const store = new ConsulKvStore({ addresses: [address], token: async () => 's3cret' });
  const error: unknown = await store.get('a').catch((caught: unknown) => caught);
  expect(seen).toEqual(['s3cret', false]);
  expect(JSON.stringify([error, String(error)])).not.toContain('s3cret');
});

test('a transaction refused for want of a right is an error, not a lost race', async () => {
  const body = JSON.stringify({
    Errors: [{ OpIndex: 0, What: 'Permission denied: token lacks permission "key:write"' }],
  });
  const address = await answering((_, response) => response.writeHead(409).end(body));
  const store = new ConsulKvStore({ addresses: [address] });
  await expect(store.transact([{ kind: 'set', key: 'a', value: '1' }])).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('a watch goes on over trouble, starts over after it, and says what happened', async () => {
  const asked: string[] = [];
  const told: string[] = [];
  const address = await answering((request, response) => {
    asked.push(new URL(request.url ?? '', 'http://x').searchParams.get('index') ?? '');
    if (asked.length === 2) return response.writeHead(500).end('No cluster leader');
    const index = asked.length < 3 ? 5 : 3;
    return response.writeHead(200, { 'X-Consul-Index': String(index) }).end(entry.replaceAll('5', String(index)));
  });
  const store = new ConsulKvStore({ addresses: [address], onWatchRetry: ({ code }) => told.push(code) });
  const stop = new AbortController();
  const seen: number[] = [];
  for await (const [first] of store.watch({ key: 'a' }, stop.signal)) {
    seen.push(first?.index ?? 0);
    if (seen.length === 2) stop.abort();
  }
  expect(seen).toEqual([5, 3]);
  expect(asked.slice(0, 3)).toEqual(['0', '5', '0']);
  expect(told).toEqual(['NO_LEADER']);
});

test.each(['ftp://a', 'consul:8500', 'http://a/path', 'http://user:x@a', ''])(
  'the address %j is refused',
  (address) => {
    expect(() => new ConsulKvStore({ addresses: [address] })).toThrow('not a plain http or https URL');
  },
);
