import { expect, test } from '@jest/globals';
import { attack, tellTallies } from './support/attack.ts';
import { footprintOf, settled } from './support/footprint.ts';
import { startGateway, type Gateway } from './support/gateway.ts';
import { hostileHttp2, slowHttp2 } from './support/h2-kinds.ts';
import { ask, askUntilRight, keepAskingFor, type Good } from './support/good.ts';
import {
  cutOff,
  headerFlood,
  malformed,
  oversized,
  slow,
  smuggled,
  traversal,
  type Kind,
  type Target,
} from './support/http-kinds.ts';
import type { Random } from './support/random.ts';
import { host, stand } from './support/stand.ts';
import { malformedTls } from './support/tls-kinds.ts';

const SEED = Number(process.env['HOSTILE_SEED'] ?? '1');
const EACH = 1_000;
/** Of the base's 60, and of Traefik's 180 for idle connections, so that the test need not wait as long to see slow clients sent away. */
const SECONDS = 10;
const challenge = '/.well-known/acme-challenge/';
const MORE_MIB = 80;
const MORE_FILES = 20;

function kindsFor(gateway: Gateway): readonly Kind[] {
  const limit = gateway.maxHeaderBytes;
  // Of four one within TLS, which costs this machine more than what it is about.
  const door = (random: Random, withTls = 1): Target & { servername?: string } =>
    random.below(4) < withTls
      ? { host, path: '/public/', port: gateway.websecure, servername: host }
      : { host, path: '/public/', port: gateway.web };
  const http2Door = (random: Random) => door(random, 3);
  const limits = { headerBytes: limit, streams: gateway.maxStreams };
  const over = (send: (to: Target, random: Random, id: string) => readonly (string | Buffer)[]): Kind['attempt'] => {
    return (random, id) => {
      const { port, servername, ...to } = door(random);
      return { port, servername, send: send({ ...to, port }, random, id) };
    };
  };
  return [
    {
      name: 'malformed TLS',
      right: /^(closed|alert|400|404)$/,
      attempt: (random) => ({ port: gateway.websecure, send: [malformedTls(random, host)], then: 'end' }),
    },
    {
      name: 'unknown name',
      // In the handshake, or only after it.
      right: /^(alert|404)$/,
      attempt(random, id) {
        const name = `${random.below(1_000_000)}.${id}.gatefleet.test`;
        const send = [`GET /public/${id} HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`];
        return { port: gateway.websecure, servername: random.oneOf([name, host]), send };
      },
    },
    // What follows may be a request by itself, which the gateway answers (301 on web, 404 on websecure), and the witness never sees. 500 is
    // Traefik's answer to a body with broken chunks.
    { name: 'smuggled', right: /^(400|500|501|closed|200( (301|400|404))?)$/, attempt: over(smuggled) },
    { name: 'malformed HTTP', right: /^(400|404|405|501|505|closed|alert)$/, attempt: over(malformed) },
    { name: 'traversal', right: /^(400|404|301|308)$/, attempt: over(traversal) },
    { name: 'oversized', right: /^431$/, attempt: over((to, random, id) => oversized(to, random, id, limit)) },
    { name: 'header flood', right: /^431$/, attempt: over((to, random, id) => headerFlood(to, random, id, limit)) },
    {
      name: 'oversized body',
      right: /^413$/,
      attempt(random, id) {
        const length = random.oneOf([2_000, 1_000_000, 1e15]);
        const head = `POST ${challenge}${id} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n`;
        return { port: gateway.web, send: [`${head}Content-Length: ${length}\r\n\r\n${'b'.repeat(2_000)}`] };
      },
    },
    {
      name: 'slow',
      right: /^(closed|400|408|499|502|504)$/,
      attempt(random, id) {
        const { port, servername, ...to } = door(random);
        return { port, servername, ...slow({ ...to, port }, random, id) };
      },
    },
    {
      name: 'cut off',
      right: /^closed$/,
      attempt: (random, id) => {
        const to = { host, path: '/public/', port: gateway.web };
        return { port: to.port, ...cutOff(to, random, id) };
      },
    },
    hostileHttp2(http2Door, limits),
    slowHttp2(http2Door, limits),
  ];
}

test('given 12,000 hostile requests, a gateway answers each as it should, goes on with good ones and keeps nothing of them', async () => {
  await using stack = new AsyncDisposableStack();
  const { own, consul, witness } = await stand(stack);
  const gateway = stack.use(
    await startGateway(
      consul,
      {
        '--entryPoints.web.transport.respondingTimeouts.readTimeout': `${SECONDS}s`,
        '--entryPoints.websecure.transport.respondingTimeouts.readTimeout': `${SECONDS}s`,
      },
      {
        args: [
          `--entryPoints.web.transport.respondingTimeouts.idleTimeout=${SECONDS}s`,
          `--entryPoints.websecure.transport.respondingTimeouts.idleTimeout=${SECONDS}s`,
        ],
      },
    ),
  );
  const headers = { host };
  const [plain, secure] = [`http://127.0.0.1:${gateway.web}`, `https://127.0.0.1:${gateway.websecure}`];
  const good: readonly Good[] = [
    {
      url: `${secure}/public/good`,
      headers,
      servername: host,
      ca: own.certificate,
      answer: '200  the witness saw /public/good',
    },
    { url: `${plain}/elsewhere`, headers, answer: `301 https://${host}/elsewhere Moved Permanently` },
    { url: `${plain}${challenge}good`, headers, answer: `200  the witness saw ${challenge}good` },
  ];
  for (const one of good) expect(await askUntilRight(one)).toBeUndefined();
  const kinds = kindsFor(gateway);
  // What the gateway keeps for itself once it has seen such clients is not what the rest is about.
  await attack(
    kinds.filter(({ name }) => !name.startsWith('slow')),
    { each: 20, seed: SEED + 1 },
  );
  await gateway.collectGarbage();
  const before = await footprintOf(gateway.pid);

  const asking = keepAskingFor(good);
  const start = performance.now();
  const { tallies, wrong } = await attack(kinds, { each: EACH, seed: SEED, atOnce: { slow: 500, 'slow HTTP/2': 500 } });
  const seconds = Math.round((performance.now() - start) / 1_000);
  const asked = await asking.stop();
  const most = { residentMiB: before.residentMiB + MORE_MIB, openFiles: before.openFiles + MORE_FILES };
  const after = await settled(gateway.pid, most, gateway.collectGarbage);
  tellTallies(`gateway, seed ${SEED}, ${seconds} s`, tallies);
  process.stderr.write(`${JSON.stringify({ before, after, good: { ...asked, wrong: asked.wrong.length } })}\n`);

  const astray = [...witness.seen].filter(
    ([path, times]) =>
      !/^\/public\/(good|h-[\d-]+)$|^\/\.well-known\/acme-challenge\/(good|h-[\d-]+)$/.test(path) ||
      (times > 1 && !path.endsWith('good')),
  );
  expect({ wrong: wrong.slice(0, 20), astray, nonsense: witness.nonsense }).toEqual({
    wrong: [],
    astray: [],
    nonsense: [],
  });
  expect(asked.wrong).toEqual([]);
  expect(asked.asked).toBeGreaterThan(100);
  expect(tallies.reduce((sum, { count }) => sum + count, 0)).toBe(12_000);
  expect(after.residentMiB).toBeLessThanOrEqual(most.residentMiB);
  expect(after.openFiles).toBeLessThanOrEqual(most.openFiles);
  expect(await ask(good[0] as Good)).toBeUndefined();
}, 240_000);
