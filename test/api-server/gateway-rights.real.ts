import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { answers, freePort, startProgram, type Program } from '@gatefleet/test-programs';
import { ensureTools } from '@gatefleet/toolchain';
import { CoreV1Api, NetworkingV1Api, RbacAuthorizationV1Api, type V1PolicyRule } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { startBaseRights, type BaseRights } from './support/base-rights.ts';

const name = 'gatefleet-traefik';
const namespace = 'shop';
let rights: BaseRights;
let folder: string;
let rules: V1PolicyRule[];
let gateway: Program | undefined;

beforeAll(async () => {
  rights = await startBaseRights();
  folder = await mkdtemp(join(tmpdir(), 'gatefleet-gateway-rights-'));
  const kubeconfig = (await rights.account('traefik', 'gatefleet')).exportConfig();
  await writeFile(join(folder, 'kubeconfig'), kubeconfig, { mode: 0o600 });
  rules = (await rights.admin.makeApiClient(RbacAuthorizationV1Api).readClusterRole({ name })).rules ?? [];
  const port = { port: 80 };
  await rights.admin
    .makeApiClient(CoreV1Api)
    .createNamespacedService({ namespace, body: { metadata: { name: 'web' }, spec: { ports: [port] } } });
  await rights.admin.makeApiClient(NetworkingV1Api).createNamespacedIngress({
    namespace,
    body: {
      metadata: { name: 'web' },
      spec: {
        ingressClassName: 'traefik',
        rules: [
          {
            host: 'shop.example.com',
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }],
            },
          },
        ],
      },
    },
  });
}, 600_000);
afterEach(() => gateway?.stop());
afterAll(async () => {
  await rights[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** With the options for Ingresses that base/ gives it. */
async function startGateway(...more: readonly string[]): Promise<{ routes: () => Promise<boolean> }> {
  const { traefik } = await ensureTools(['traefik']);
  const text = await readFile(join(import.meta.dirname, '../../base/traefik/deployment.yaml'), 'utf8');
  const { spec } = parse(text) as { spec: { template: { spec: { containers: { args: string[] }[] } } } };
  const ofIngresses =
    spec.template.spec.containers[0]?.args.filter((arg) => /^--providers\.kubernetes/i.test(arg)) ?? [];
  const internal = await freePort();
  gateway = await startProgram({
    name: 'traefik',
    file: traefik.path,
    env: { KUBECONFIG: join(folder, 'kubeconfig') },
    args: [
      '--global.checkNewVersion=false',
      '--global.sendAnonymousUsage=false',
      `--entryPoints.web.address=127.0.0.1:${await freePort()}`,
      `--entryPoints.traefik.address=127.0.0.1:${internal}`,
      '--ping=true',
      '--api.insecure=true',
      '--providers.providersThrottleDuration=100ms',
      ...ofIngresses.map((arg) => arg.replace('$(POD_NAMESPACE)', 'gatefleet')),
      ...more,
    ],
    isReady: () => answers(`http://127.0.0.1:${internal}/ping`),
  });
  return {
    routes: () => answers(`http://127.0.0.1:${internal}/api/http/routers/shop-web-shop-example-com@kubernetes`),
  };
}

const grant = (granted: V1PolicyRule[]) =>
  rights.admin
    .makeApiClient(RbacAuthorizationV1Api)
    .replaceClusterRole({ name, body: { metadata: { name }, rules: granted } });

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(50);
}

test('a gateway with the rights of the base routes an Ingress', async () => {
  await grant(rules);
  const { routes } = await startGateway();
  await until(routes);
});

test.each(['endpointslices', 'ingressclasses', 'ingresses', 'nodes', 'secrets', 'services'])(
  'without the right to list %s it routes nothing, and once it has it, it does',
  async (missing) => {
    const left = rules.map(({ apiGroups = [], resources = [], verbs }) => ({
      apiGroups,
      resources: resources.filter((resource) => resource !== missing),
      verbs,
    }));
    await grant(left.filter(({ resources }) => resources.length > 0));
    const { routes } = await startGateway();
    await until(() => gateway?.output().includes(`cannot list resource \\"${missing}\\"`) ?? false);
    await sleep(2_000);
    expect(await routes()).toBe(false);
    await grant(rules);
    await until(routes);
  },
);

test('what makes it do without Nodes makes it pass over an Ingress that names its class', async () => {
  await grant(rules);
  const { routes } = await startGateway('--providers.kubernetesIngress.disableClusterScopeResources=true');
  await sleep(3_000);
  expect(await routes()).toBe(false);
});
