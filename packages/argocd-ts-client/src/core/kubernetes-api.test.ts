import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { inClusterKubernetes } from './kubernetes-api.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'service-account-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a Pod reaches its own cluster, with the token as kubelet has renewed it', async () => {
  await writeFile(join(folder, 'ca.crt'), 'the CA');
  await writeFile(join(folder, 'token'), 'one\n');
  const environment = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' };
  const { server, tls, token } = await inClusterKubernetes(environment, folder);
  expect({ server, tls }).toEqual({ server: 'https://[fd00::1]:6443', tls: { ca: 'the CA' } });
  await writeFile(join(folder, 'token'), 'two\n');
  expect(await (token as () => Promise<string>)()).toBe('two');
});

test.each([
  { given: 'outside a Pod', environment: {} },
  { given: 'in a Pod without an account', environment: { KUBERNETES_SERVICE_HOST: '10.0.0.1' } },
])('$given it says so', async ({ environment }) => {
  await expect(inClusterKubernetes(environment, folder)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});
