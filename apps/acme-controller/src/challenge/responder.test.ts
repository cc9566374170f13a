import { Agent, request as httpRequest } from 'node:http';
import type { ChallengeRecord } from '@gatefleet/acme';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pino } from 'pino';
import { listen, type HttpServer } from '../status/http-server.ts';
import { challengeResponder } from './responder.ts';

const [open, old, unknown, broken] = ['open_-1', 'old', 'unknown', 'broken'].map((name) => name.padEnd(43, '0')) as [
  string,
  string,
  string,
  string,
];
const now = new Date('2026-01-01T00:00:00Z');
const record = (token: string, expiresAt: string): ChallengeRecord => ({
  token,
  host: 'a.example.com',
  keyAuthorization: `${token}.thumbprint`,
  expiresAt,
  epoch: 1,
});
const challenges = new Map([
  [open, record(open, '2026-01-01T01:00:00Z')],
  [old, record(old, '2025-12-31T23:00:00Z')],
]);
const asked: string[] = [];

let server: HttpServer;
beforeAll(async () => {
  const load = async (token: string) => {
    asked.push(token);
    if (token === broken) throw new Error('the store is away');
    return challenges.get(token);
  };
  const responder = challengeResponder({
    load,
    now: () => now,
    onAnswer: () => undefined,
    log: pino({ enabled: false }),
  });
  server = await listen(responder, 0, '127.0.0.1');
});
afterAll(() => server.close());

/** Sends the path as it is, which fetch would tidy up. */
function get(
  path: string,
  method = 'GET',
  agent?: Agent,
): Promise<{ status: number; body: string; type: string | undefined }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: '127.0.0.1', port: server.port, path, method, ...(agent && { agent }) },
      (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body, type: response.headers['content-type'] }),
        );
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

const path = '/.well-known/acme-challenge/';

test('an open challenge is answered in plain text', async () => {
  expect(await get(`${path}${open}`)).toEqual({
    status: 200,
    body: `${open}.thumbprint`,
    type: 'text/plain; charset=utf-8',
  });
});

test.each([
  { given: 'an unknown token', url: `${path}${unknown}`, status: 404 },
  { given: 'one that has expired', url: `${path}${old}`, status: 404 },
  { given: 'a store that is away', url: `${path}${broken}`, status: 503 },
])('given $given, the answer is $status', async ({ url, status }) => {
  expect((await get(url)).status).toBe(status);
});

test.each([
  '/',
  path,
  `${path}${open}/`,
  `${path}${open}?x=1`,
  `${path}../leader`,
  `${path}..%2fleader`,
  `${path}%6f${open.slice(1)}`,
  `${path}${open}%00`,
  `/x/..${path}${open}`,
  `/${path}${open}`,
  `${path}${'a'.repeat(129)}`,
  `http://a.example.com${path}${open}`,
])('%s is no challenge, and the store is not asked', async (url) => {
  asked.length = 0;
  expect((await get(url)).status).toBe(404);
  expect(asked).toEqual([]);
});

test('other methods are not answered', async () => {
  expect((await get(`${path}${open}`, 'POST')).status).toBe(404);
});

test('given 10,000 paths made to do harm, each is answered with 404 and only a well-formed token reaches the store', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const piece = fc.constantFrom(
    ...['a', '/', '//', '.', '..', '/../', '%2e', '%2f', '%00', '%', '_', '-', '?', '&', '=', '~', ';', '`', '{{', '*'],
    ...['gatefleet/', 'leader', unknown, open.slice(0, 42), 'a'.repeat(128), 'acme-challenge/', '\\', '#'],
  );
  const hostile = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  const start = fc.constantFrom(path, path, path, '/', '/.well-known/', '/.well-known/acme-challenge');
  const tried = new Set<string>();
  const batch = fc.array(fc.tuple(start, hostile), { minLength: 50, maxLength: 50 });
  try {
    await fc.assert(
      fc.asyncProperty(batch, async (paths) => {
        asked.length = 0;
        for (const [begin, rest] of paths) tried.add(begin + rest);
        const answers = await Promise.all(paths.map(([begin, rest]) => get(begin + rest, 'GET', agent)));
        expect(answers.filter(({ status }) => status !== 404)).toEqual([]);
        for (const token of asked) expect(token).toMatch(/^[A-Za-z0-9_-]{1,128}$/);
      }),
      { numRuns: 300 },
    );
    expect(tried.size).toBeGreaterThanOrEqual(10_000);
  } finally {
    agent.destroy();
  }
}, 120_000);
