import { createServer, type AddressInfo, type Server } from 'node:net';
import { expect, test } from '@jest/globals';
import { openListeners } from './listeners.ts';

const listen = (port: number) =>
  new Promise<Server>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(port, '127.0.0.1', () => {
      resolve(server);
    });
  });

test('given a preferred port in use, then the next free one is taken, and no two listeners share one', async () => {
  const other = await listen(0);
  const taken = (other.address() as AddressInfo).port;
  const listeners = await openListeners({ api: taken, http: taken, https: taken, argocd: taken, git: taken });
  const ports = Object.values(listeners.ports);
  listeners.close();
  other.close();
  expect(ports.every((port) => port > taken)).toBe(true);
  expect(new Set(ports).size).toBe(5);
});
