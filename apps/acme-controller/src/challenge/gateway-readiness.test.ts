import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import type { ChallengeRecord, Clock } from '@gatefleet/acme';
import { gatewayReadiness } from './gateway-readiness.ts';

const challenge: ChallengeRecord = {
  token: 'token-1',
  host: 'a.example.org',
  keyAuthorization: 'token-1.thumbprint',
  expiresAt: '2026-01-01T01:00:00.000Z',
  epoch: 1,
};
const { signal } = new AbortController();

/** Time passes only by sleeping. */
const sleepingClock = (): Clock => {
  let nowMs = 0;
  return {
    now: () => new Date(nowMs),
    sleep: (milliseconds) => {
      nowMs += milliseconds;
      return Promise.resolve();
    },
  };
};

let server: Server;
afterEach(() => void server.close());
const serve = async (listener: RequestListener): Promise<number> => {
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};
const gateways = [{ pod: 'traefik-1', node: 'node-1', host: '127.0.0.1', port: 8443 }];

test('given gateways that bring the answer, asked by path and host as the CA will ask, then it is ready', async () => {
  const asked: unknown[] = [];
  const port = await serve(({ url, headers }, response) => {
    asked.push([url, headers.host]);
    response.end('token-1.thumbprint');
  });
  await gatewayReadiness(() => Promise.resolve(gateways), port, sleepingClock()).ready([challenge], signal);
  expect(asked).toEqual([['/.well-known/acme-challenge/token-1', 'a.example.org']]);
});

test('given a responder that is missing at first, then it waits for it', async () => {
  let asked = 0;
  const port = await serve((_, response) => {
    asked += 1;
    response.writeHead(asked < 3 ? 502 : 200).end('token-1.thumbprint');
  });
  await gatewayReadiness(() => Promise.resolve(gateways), port, sleepingClock()).ready([challenge], signal);
  expect(asked).toBe(3);
});

test.each([
  { given: 'no gateway', list: [], answer: 'token-1.thumbprint', then: 'no gateway is ready' },
  {
    given: 'another answer',
    list: gateways,
    answer: 'token-1.other',
    then: 'traefik-1 answers a challenge with status 200',
  },
])('given $given, then it says so and gives up for now', async ({ list, answer, then }) => {
  const port = await serve((_, response) => response.end(answer));
  const readiness = gatewayReadiness(() => Promise.resolve(list), port, sleepingClock());
  await expect(readiness.ready([challenge], signal)).rejects.toThrow(then);
});

test('given a gateway that refuses connections, then the error names it, and no part of the answer', async () => {
  const port = await serve(() => undefined);
  await new Promise((resolve) => server.close(resolve));
  const readiness = gatewayReadiness(() => Promise.resolve(gateways), port, sleepingClock());
  await expect(readiness.ready([challenge], signal)).rejects.toThrow(
    /gateway traefik-1 does not take a challenge: (?!.*thumbprint)/,
  );
});
