import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createSelfSigned } from '@gatefleet/acme/testing';
import { layoutOf } from '@gatefleet/local-cluster';
import { kubernetesOpener } from './kubernetes.ts';

let folder: string;
let server: Server;
let connections: number;
let handle: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatefleet-kubernetes-'));
  const { certificate, privateKey } = await createSelfSigned({ names: ['localhost'] });
  connections = 0;
  server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
    handle(request, response);
  }).on('secureConnection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const users = ['one', 'two'];
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'one',
    clusters: [
      {
        name: 'test',
        cluster: { server: url, 'certificate-authority-data': Buffer.from(certificate).toString('base64') },
      },
    ],
    users: users.map((name) => ({ name, user: { token: `token-of-${name}` } })),
    contexts: users.map((name) => ({ name, context: { cluster: 'test', user: name } })),
  };
  await writeFile(join(folder, 'kubeconfig'), JSON.stringify(config));
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

test('many questions share few connections, each with the credentials of its context', async () => {
  handle = ({ url, headers }, response) => void response.end(JSON.stringify([url, headers.authorization]));
  const open = kubernetesOpener(layoutOf(folder));
  const asked = Array.from({ length: 100 }, async (_, i) => {
    const name = i % 2 === 0 ? 'one' : 'two';
    expect(await (await open(name)).read(`/${i}`)).toEqual([`/${i}`, `Bearer token-of-${name}`]);
  });
  await Promise.all(asked);
  expect(connections).toBeLessThanOrEqual(8);
});

test('a kept connection that has been closed meanwhile fails no read, and repeats no change', async () => {
  const seen: string[] = [];
  handle = ({ method, socket }, response) => {
    seen.push(method ?? '');
    const isFirst = seen.length === 1;
    if (isFirst || seen.length === 3) response.end('{}');
    else socket.destroy();
  };
  const kubernetes = await kubernetesOpener(layoutOf(folder))('one');
  await kubernetes.read('/');
  await kubernetes.read('/');
  await expect(kubernetes.create('/', {})).rejects.toMatchObject({ code: 'NOT_RUNNING' });
  expect(seen).toEqual(['GET', 'GET', 'GET', 'POST']);
});

test('a context that no kubeconfig has is refused, with those that there are', async () => {
  await expect(kubernetesOpener(layoutOf(folder))('three')).rejects.toMatchObject({
    code: 'CONTEXT_UNKNOWN',
    hint: expect.stringContaining('one, two'),
  });
});
