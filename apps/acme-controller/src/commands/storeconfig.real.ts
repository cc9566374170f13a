import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { createSelfSigned } from '@gatefleet/acme/testing';
import { ConsulKvStore } from '@gatefleet/consul-kv';
import { challengeAndRedirect, configOf, keysOf, type TraefikConfig } from '@gatefleet/traefik-config';
import {
  closedConsul,
  freePort,
  startConsul,
  startTraefik,
  type ClosedConsul,
  type ConsulProgram,
  type TraefikProgram,
} from '@gatefleet/test-programs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { storeconfigVariables } from '../config/environment.ts';
import { createLogger } from '../log.ts';
import { storeconfig } from './storeconfig.ts';

let folder: string;
let closed: ClosedConsul;
let consul: ConsulProgram;
let traefik: TraefikProgram;
let responder: Server;
let store: ConsulKvStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatefleet-storeconfig-'));
  closed = await closedConsul(folder);
  consul = await startConsul(closed);
  await closed.register([consul.address]);
  store = new ConsulKvStore({ addresses: [consul.address], ...closed.as() });
  traefik = await startTraefik(consul.address, closed.filesOf('traefik'));
  responder = createServer((asked, response) => response.end(`answer to ${asked.headers.host} ${asked.url}`));
  await new Promise<void>((resolve) => responder.listen(0, '127.0.0.1', resolve));
}, 900_000);
afterAll(async () => {
  responder.close();
  await Promise.all([traefik.stop(), consul.stop()]);
  await rm(folder, { recursive: true });
});

async function publish(config: TraefikConfig): Promise<void> {
  const keys = keysOf(config, 'traefik');
  const result = await store.transact([...keys].map(([key, value]) => ({ kind: 'set', key, value })));
  expect(result.kind).toBe('committed');
}

/** Asks again until the gateway has taken the change. */
async function eventually<T>(ask: () => Promise<T>, isIt: (answer: T) => boolean): Promise<T> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const answer = await ask().catch((error: unknown) => error as T);
    if (isIt(answer)) return answer;
    if (performance.now() > deadline)
      throw new Error(`the last answer was ${JSON.stringify(answer)}\n${traefik.output().slice(-3_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Answer {
  readonly status: number | undefined;
  readonly location: string | undefined;
  readonly body: string;
}

function get(path: string, host: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: traefik.web, path, headers: { host } }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      response.on('end', () => resolve({ status: response.statusCode, location: response.headers.location, body }));
    });
    sent.on('error', reject).end();
  });
}

/** Nothing where there is no certificate for the name. */
function serialFor(name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: traefik.websecure, servername: name, rejectUnauthorized: false });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME') resolve('');
      else reject(error);
    });
    socket.once('secureConnect', () => {
      resolve(socket.getPeerX509Certificate()?.serialNumber.toLowerCase() ?? '');
      socket.destroy();
    });
  });
}

const address = () => (responder.address() as AddressInfo).port;
const runStoreconfig = (env: Record<string, string>) =>
  storeconfig(storeconfigVariables({ GATEFLEET_CHALLENGE_URL: `http://127.0.0.1:${address()}`, ...env }), {
    store: new ConsulKvStore({ addresses: [consul.address], ...closed.as('storeconfig') }),
    log: createLogger('warn'),
    signal: AbortSignal.timeout(20_000),
  });
const path = '/.well-known/acme-challenge/token';

test('a challenge for any host reaches the responder; all else is sent to HTTPS', async () => {
  await runStoreconfig({});
  const challenge = await eventually(
    () => get(path, 'a.example.com'),
    ({ status }) => status === 200,
  );
  expect(challenge.body).toBe(`answer to a.example.com ${path}`);
  expect(await get('/shop?x=1', 'b.example.com')).toMatchObject({
    status: 301,
    location: 'https://b.example.com/shop?x=1',
  });
});

test('given HTTPS at another port, the redirect names it', async () => {
  await runStoreconfig({ GATEFLEET_HTTPS_PORT: '8443' });
  const wanted = 'https://b.example.com:8443/';
  await eventually(
    () => get('/', 'b.example.com:8080'),
    ({ location }) => location === wanted,
  );
});

test('certificates are served by name, of any id, and a change is taken over', async () => {
  const serials = { 'a.example.com': '0a01', 'b.example.com': '0b02' };
  const certificates: NonNullable<NonNullable<TraefikConfig['tls']>['certificates']> = {};
  for (const [i, [name, serialNumber]] of Object.entries(serials).entries()) {
    const { certificate, privateKey } = await createSelfSigned({ names: [name], serialNumber });
    // An id as we use them: hexadecimal, perhaps with a digit first.
    certificates[`${i}${'ab'.repeat(31)}f`] = { certFile: certificate, keyFile: privateKey };
  }
  await publish({ tls: { certificates } });
  for (const [name, serial] of Object.entries(serials)) {
    await eventually(
      () => serialFor(name),
      (seen) => seen === serial,
    );
  }
  const next = await createSelfSigned({ names: ['a.example.com'], serialNumber: '0a03' });
  const [id = ''] = Object.keys(certificates);
  await publish({ tls: { certificates: { [id]: { certFile: next.certificate, keyFile: next.privateKey } } } });
  await eventually(
    () => serialFor('a.example.com'),
    (seen) => seen === '0a03',
  );
  expect(await serialFor('b.example.com')).toBe('0b02');
});

test('what is in the store reads back as a configuration of ours', async () => {
  const keys = new Map((await store.list('traefik/')).map(({ key, value }) => [key, value]));
  expect(configOf(keys, 'traefik').http?.routers).toHaveProperty('acme-challenge');
});

test('a replica that is gone is given up for another', async () => {
  const gone = await freePort();
  const config = challengeAndRedirect({ challengeUrl: `http://127.0.0.1:${gone}`, entryPoint: 'web' });
  const servers = [{ url: `http://127.0.0.1:${gone}` }, { url: `http://127.0.0.1:${address()}` }];
  const loadBalancer = { servers, serversTransport: 'acme-challenge' };
  await publish({ ...config, http: { ...config.http, services: { 'acme-challenge': { loadBalancer } } } });
  await eventually(
    async () => (await store.list('traefik/http/services/')).length,
    (count) => count === 3,
  );
  await eventually(
    () => get(path, 'a.example.com'),
    ({ status }) => status === 200,
  );
  for (let i = 0; i < 6; i += 1) expect((await get(path, 'a.example.com')).status).toBe(200);
});

test.each<{ what: string; end: (response: ServerResponse) => void }>([
  { what: 'ends with a challenge in hand', end: (response) => response.destroy() },
  { what: 'says nothing', end: () => undefined },
  { what: 'cannot read the store', end: (response) => response.writeHead(503).end('try again') },
])(
  'when a replica $what, another is asked for it',
  async ({ end }) => {
    let ended = 0;
    const failing = createServer((_, response) => {
      ended += 1;
      end(response);
    });
    await new Promise<void>((resolve) => failing.listen(0, '127.0.0.1', resolve));
    const challengeUrl = `http://127.0.0.1:${(failing.address() as AddressInfo).port}`;
    const servers = [{ url: challengeUrl }, { url: `http://127.0.0.1:${address()}` }];
    const config = challengeAndRedirect({ challengeUrl, entryPoint: 'web' });
    const loadBalancer = { servers, serversTransport: 'acme-challenge' };
    await publish({ ...config, http: { ...config.http, services: { 'acme-challenge': { loadBalancer } } } });
    await eventually(
      () => get(path, 'a.example.com'),
      () => ended > 0,
    );
    const statuses: (number | undefined)[] = [];
    for (let i = 0; i < 6; i += 1) statuses.push((await get(path, 'a.example.com')).status);
    failing.closeAllConnections();
    failing.close();
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200]);
    expect(ended).toBeGreaterThan(3);
  },
  60_000,
);
