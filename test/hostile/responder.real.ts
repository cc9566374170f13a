import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { startStand, type Replica } from '../faults/support/stand.ts';
import { attack, tellTallies } from './support/attack.ts';
import { footprintOf, settled } from './support/footprint.ts';
import { ask, keepAskingFor, type Good } from './support/good.ts';
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
import { malformedTls } from './support/tls-kinds.ts';

const SEED = Number(process.env['HOSTILE_SEED'] ?? '1');
const EACH = 1_000;
const path = '/.well-known/acme-challenge/';
const HEADER_BYTES = 8_192;
const MORE_MIB = 64;
const MORE_FILES = 20;

function kindsFor(replica: Replica): readonly Kind[] {
  const door = (random: Random): Target => {
    return { host: 'shop.gatefleet.test', path, port: random.oneOf([replica.challengePort, replica.statusPort]) };
  };
  const over = (send: (to: Target, random: Random, id: string) => readonly (string | Buffer)[]): Kind['attempt'] => {
    return (random, id) => {
      const to = door(random);
      return { port: to.port, send: send(to, random, id) };
    };
  };
  return [
    {
      name: 'TLS',
      right: /^(closed|400)$/,
      attempt(random) {
        return { port: door(random).port, send: [malformedTls(random, 'shop.gatefleet.test')], then: 'end' };
      },
    },
    {
      name: 'unknown token',
      right: /^404$/,
      attempt: (random) => ({
        port: replica.challengePort,
        send: [`GET ${path}${random.bytes(32).toString('base64url')} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`],
      }),
    },
    { name: 'smuggled', right: /^(400|404)( (400|404))*$/, attempt: over(smuggled) },
    { name: 'malformed HTTP', right: /^(400|404|405|505|closed)$/, attempt: over(malformed) },
    { name: 'traversal', right: /^(400|404)$/, attempt: over(traversal) },
    { name: 'oversized', right: /^431$/, attempt: over((to, random, id) => oversized(to, random, id, HEADER_BYTES)) },
    {
      name: 'header flood',
      right: /^431$/,
      attempt: over((to, random, id) => headerFlood(to, random, id, HEADER_BYTES)),
    },
    {
      name: 'oversized body',
      right: /^404$/,
      attempt: over((to, random, id) => {
        const length = random.oneOf([100_000, 1_000_000, 1e15]);
        const head = `POST ${path}${id} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`;
        return [head + 'b'.repeat(100_000)];
      }),
    },
    {
      name: 'slow',
      right: /^(closed|400|404|408)( (400|408))?$/,
      attempt(random, id) {
        const to = door(random);
        return { port: to.port, ...slow(to, random, id) };
      },
    },
    {
      name: 'cut off',
      right: /^(closed|404)$/,
      attempt(random, id) {
        const to = door(random);
        return { port: to.port, ...cutOff(to, random, id) };
      },
    },
  ];
}

test('given 10,000 hostile requests, a replica answers each as it should, goes on with challenges and keeps nothing of them', async () => {
  await using stand = await startStand();
  const token = randomBytes(32).toString('base64url');
  const keyAuthorization = `${token}.${randomBytes(32).toString('base64url')}`;
  const challenge = {
    host: 'shop.gatefleet.test',
    token,
    keyAuthorization,
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    epoch: 1,
  };
  await stand.want([]);
  const put = await stand.store.transact([
    { kind: 'set', key: `gatefleet/challenges/${token}`, value: JSON.stringify(challenge) },
  ]);
  expect(put.kind).toBe('committed');
  const replica = await stand.startReplica(0);
  const status = `http://127.0.0.1:${replica.statusPort}/healthz`;
  const good: readonly Good[] = [
    { url: `http://127.0.0.1:${replica.challengePort}${path}${token}`, answer: `200  ${keyAuthorization}` },
    { url: status, answer: `200  ${(await (await fetch(status)).text()).trim()}` },
  ];
  for (const one of good) expect(await ask(one)).toBeUndefined();
  const kinds = kindsFor(replica);
  const look: NonNullable<Parameters<typeof attack>[1]['look']> = (_, { text }) =>
    text.includes(keyAuthorization) ? 'was given what proves a host' : undefined;
  await attack(
    kinds.filter(({ name }) => name !== 'slow'),
    { each: 100, seed: SEED + 1 },
  );
  const before = await footprintOf(replica.pid);

  const asking = keepAskingFor(good);
  const start = performance.now();
  const { tallies, wrong } = await attack(kinds, { each: EACH, seed: SEED, atOnce: { slow: 500 }, look });
  const seconds = Math.round((performance.now() - start) / 1_000);
  const asked = await asking.stop();
  const most = { residentMiB: before.residentMiB + MORE_MIB, openFiles: before.openFiles + MORE_FILES };
  const after = await settled(replica.pid, most);
  tellTallies(`responder, seed ${SEED}, ${seconds} s`, tallies);
  process.stderr.write(`${JSON.stringify({ before, after, good: { ...asked, wrong: asked.wrong.length } })}\n`);

  expect(wrong.slice(0, 20)).toEqual([]);
  expect(asked.wrong).toEqual([]);
  expect(asked.asked).toBeGreaterThan(100);
  expect(tallies.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
  expect(after.residentMiB).toBeLessThanOrEqual(most.residentMiB);
  expect(after.openFiles).toBeLessThanOrEqual(most.openFiles);
  process.kill(replica.pid, 'SIGUSR1'); // asks Node.js for its debugger
  for (const one of good) expect(await ask(one)).toBeUndefined();
  expect(replica.output()).not.toContain('Debugger');
}, 120_000);
