import { connect, type ConnectionOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exchange } from './support/exchange.ts';
import { startGateway, type Added, type Gateway } from './support/gateway.ts';
import { askUntilRight } from './support/good.ts';
import { host, stand } from './support/stand.ts';

const stack = new AsyncDisposableStack();
const { own, consul, witness } = await stand(stack);
afterAll(() => stack.disposeAsync());

async function started(added?: Added): Promise<Gateway> {
  const gateway = stack.use(await startGateway(consul, {}, added));
  const url = `https://127.0.0.1:${gateway.websecure}/public/`;
  const answer = '200  the witness saw /public/';
  const good = { url, headers: { host }, servername: host, ca: own.certificate, answer };
  expect(await askUntilRight(good)).toBeUndefined();
  return gateway;
}

const request = (...headers: readonly string[]) =>
  ['GET /public/ HTTP/1.1', `Host: ${host}`, 'Connection: close', ...headers, '', ''].join('\r\n');

describe('TLS', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await started();
  }, 60_000);

  test.each<{ client: string; given: ConnectionOptions; then: string }>([
    { client: 'of today', given: {}, then: 'TLSv1.3 TLS_AES_128_GCM_SHA256' },
    {
      client: 'that has TLS 1.2',
      given: { maxVersion: 'TLSv1.2' },
      then: 'TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256',
    },
    {
      client: 'that prefers ChaCha20',
      given: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-CHACHA20-POLY1305' },
      then: 'TLSv1.2 ECDHE-ECDSA-CHACHA20-POLY1305',
    },
    {
      client: 'that has only CBC',
      given: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA' },
      then: 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
    },
    {
      client: 'that has no forward secrecy',
      given: { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256:AES256-GCM-SHA384' },
      then: 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
    },
    {
      client: 'that has TLS 1.1',
      given: { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
      then: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    },
    {
      client: 'that asks for a name that nobody has',
      given: { servername: 'elsewhere.gatefleet.test' },
      then: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
    },
  ])('a client $client gets $then', async ({ given, then }) => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const options = { host: '127.0.0.1', port: gateway.websecure, servername: host, ca: own.certificate, ...given };
    const socket = connect(options, () => resolve(`${socket.getProtocol()} ${socket.getCipher().name}`));
    socket.once('error', ({ code = 'an error' }: NodeJS.ErrnoException) => resolve(code));
    expect(await promise).toBe(then);
    socket.destroy();
  });
});

test.each<{ given: string; added: Added; then: string | undefined }>([
  { given: 'no option', added: {}, then: undefined },
  {
    given: 'spec.gateway.hsts',
    added: {
      args: ['--entryPoints.websecure.http.middlewares=hsts@file'],
      env: { HSTS: 'max-age=31536000; includeSubDomains' },
    },
    then: 'max-age=31536000; includeSubDomains',
  },
])(
  'given $given, browsers are told by HTTPS: $then, and by HTTP nothing',
  async ({ added, then }) => {
    const { web, websecure } = await started(added);
    const told = async (port: number, servername?: string) => {
      const { kind, text } = await exchange({ port, servername, send: [request()] });
      return [kind, /^Strict-Transport-Security: (.*)\r$/im.exec(text)?.[1]];
    };
    expect(await told(websecure, host)).toEqual(['200', then]);
    expect(await told(web)).toEqual(['200', undefined]);
  },
  60_000,
);

const ofAnother = [
  'X-Forwarded-For: 203.0.113.9',
  'X-Real-Ip: 203.0.113.9',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Host: elsewhere.gatefleet.test',
  'X-Forwarded-Port: 1',
  'X-Forwarded-Server: other',
  'X-Forwarded-Prefix: /other',
  'X-Forwarded-Uri: /other',
  'X-Forwarded-Method: PUT',
  'X-Forwarded-Tls-Client-Cert: other',
];
const everyone = '--entryPoints.web.forwardedHeaders.trustedIPs=127.0.0.0/8';
const proxied = '--entryPoints.web.proxyProtocol.trustedIPs=127.0.0.0/8';
const proxyLine = 'PROXY TCP4 203.0.113.9 127.0.0.1 4711 80\r\n';

test.each<{ given: string; args: readonly string[]; send: string; then: object }>([
  {
    given: 'no proxy that is trusted, and headers as a proxy sends them',
    args: [],
    send: request(...ofAnother),
    then: { kind: '200', for: '127.0.0.1', ip: '127.0.0.1', proto: 'http', others: [] },
  },
  {
    given: 'a proxy that is trusted',
    args: [everyone],
    send: request('X-Forwarded-For: 203.0.113.9', 'X-Real-Ip: 203.0.113.9', 'X-Forwarded-Proto: https'),
    then: { kind: '200', for: '203.0.113.9, 127.0.0.1', ip: '203.0.113.9', proto: 'https', others: [] },
  },
  { given: 'the PROXY protocol of nobody', args: [], send: proxyLine + request(), then: { kind: '400' } },
  {
    given: 'the PROXY protocol of a proxy that is trusted',
    args: [everyone, proxied],
    send: proxyLine + request(),
    then: { kind: '200', for: '203.0.113.9', ip: '203.0.113.9', proto: 'http', others: [] },
  },
])(
  'given $given, the backend is told who asks',
  async ({ args, send, then }) => {
    const { web } = await started({ args });
    const { kind } = await exchange({ port: web, send: [send] });
    const { 'x-forwarded-for': chain, 'x-real-ip': ip, 'x-forwarded-proto': proto, ...rest } = witness.lastHeaders();
    const others = Object.entries(rest).filter(([, value]) => /elsewhere|other|^1$|PUT/.test(String(value)));
    expect({ kind, ...(kind === '200' && { for: chain, ip, proto, others }) }).toEqual(then);
  },
  60_000,
);
