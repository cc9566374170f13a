import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestCa, type TestCa } from '@gatefleet/test-programs';
import { ConsulAcl } from './consul-acl.ts';
import { ConsulKvStore } from './consul-kv-store.ts';

let ca: TestCa;
let another: TestCa;
const servers: Server[] = [];
const received: string[] = [];
beforeAll(async () => {
  [ca, another] = [await createTestCa(), await createTestCa()];
});
afterAll(() => {
  for (const server of servers) server.close();
});

async function listening(server: Server): Promise<number> {
  servers.push(server.listen(0, '127.0.0.1'));
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

/** A server with a certificate that tells by which name and over what it was asked. */
async function serving(by: TestCa, names: readonly string[], notAfter?: Date): Promise<number> {
  const { certificate: cert, key } = await by.issue(names, notAfter);
  const server = createSecureServer({ cert, key }, (request, response) => {
    const socket = request.socket as TLSSocket;
    received.push(String(request.headers['x-consul-token']));
    const value = Buffer.from(`${String(socket.servername)} ${String(socket.getProtocol())}`).toString('base64');
    response.end(JSON.stringify([{ Key: 'a', Value: value, ModifyIndex: 1, LockIndex: 0 }]));
  });
  return listening(server);
}

const storeAt = (addresses: readonly string[], trusted = ca.certificate) =>
  new ConsulKvStore({ addresses, ca: async () => trusted, token: async () => 's3cret' });

test.each([
  { by: 'an address', host: '127.0.0.1', names: ['127.0.0.1'], value: 'false TLSv1.3' },
  { by: 'a name, at the address that it has', host: 'localhost', names: ['localhost'], value: 'localhost TLSv1.3' },
])('given a server with a certificate for $by, it is asked', async ({ host, names, value }) => {
  const store = storeAt([`https://${host}:${await serving(ca, names)}`]);
  expect(await store.get('a')).toMatchObject({ value });
});

test.each([
  { given: 'of another CA', serve: () => serving(another, ['localhost']), says: 'unable to verify' },
  { given: 'for another name', serve: () => serving(ca, ['elsewhere']), says: "does not match certificate's altnames" },
  {
    given: 'for its address, asked by its name,',
    serve: () => serving(ca, ['127.0.0.1']),
    says: "does not match certificate's altnames",
  },
  { given: 'that has ended', serve: () => serving(ca, ['localhost'], new Date(Date.now() - 1_000)), says: 'expired' },
  { given: 'without one, over plain HTTP,', serve: () => listening(createServer()), says: 'wrong version number' },
])('given a server with a certificate $given nothing is sent, and the error says so', async ({ serve, says }) => {
  received.length = 0;
  const address = `https://localhost:${await serve()}`;
  const error: unknown = await storeAt([address])
    .put('a', '1', 0)
    .catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'UNVERIFIED', isRetryable: true, message: expect.stringContaining(says) });
  expect(String(error)).toContain('cannot be verified as localhost');
  expect(received).toEqual([]);
});

test('a write goes on to a server that can be verified', async () => {
  received.length = 0;
  const bad = `https://localhost:${await serving(another, ['localhost'])}`;
  const good = `https://localhost:${await serving(ca, ['localhost'])}`;
  for (let i = 0; i < 4; i += 1) await storeAt([bad, good]).put('a', '1', 0);
  expect(received).toEqual(Array.from({ length: 4 }, () => 's3cret'));
});

test('given other CAs to trust, those that were trusted before are no more', async () => {
  const address = `https://localhost:${await serving(ca, ['localhost'])}`;
  let trusted = ca.certificate;
  const acl = new ConsulAcl({ addresses: [address], ca: async () => trusted });
  await expect(acl.tokens()).rejects.toMatchObject({ code: 'BAD_ANSWER' });
  trusted = another.certificate;
  await expect(acl.tokens()).rejects.toMatchObject({ code: 'UNVERIFIED' });
  trusted = `${another.certificate}\n${ca.certificate}`;
  await expect(acl.tokens()).rejects.toMatchObject({ code: 'BAD_ANSWER' });
});

test('without CAs of its own it trusts the public ones', async () => {
  const address = `https://localhost:${await serving(ca, ['localhost'])}`;
  await expect(new ConsulKvStore({ addresses: [address] }).get('a')).rejects.toMatchObject({ code: 'UNVERIFIED' });
});
