import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { freePort } from './free-port.ts';

test('no port is given out twice, even to those who ask at once', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, freePort));
  expect(new Set(ports).size).toBe(50);
});

test('no outgoing connection can take one before the program that it is for', async () => {
  const [firstEphemeral] = (await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')).split(/\s+/).map(Number);
  const ports = await Promise.all(Array.from({ length: 50 }, freePort));
  expect(Math.max(...ports)).toBeLessThan(firstEphemeral!);
});

test('a port that is taken is passed over', async () => {
  const taken = createServer().listen((await freePort()) + 1, '127.0.0.1');
  await once(taken, 'listening');
  await expect(freePort()).resolves.not.toBe((taken.address() as { port: number }).port);
  taken.close();
});
