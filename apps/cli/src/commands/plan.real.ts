import { expect, test } from '@jest/globals';
import { writeFiles } from '@gatefleet/kustomize/testing';
import { planCommand } from './plan.ts';

const environment = (name: string, domain: string) => `apiVersion: gatefleet.dev/v1alpha1
kind: Environment
metadata: { name: ${name} }
spec:
  cluster: { name: ${name} }
  domains: [${domain}]
  certificates: { issuers: [letsencrypt], email: platform@example.com }
`;

const ingress = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: shop, namespace: shop }
spec:
  ingressClassName: traefik
  rules:
    - host: shop.one.example.com
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: shop, port: { number: 80 } } } }] }
`;

const files = {
  'overlays/one/environment.yaml': environment('one', 'one.example.com'),
  'overlays/one/kustomization.yaml': 'resources: [shop.yaml]\n',
  'overlays/one/shop.yaml': ingress,
  'overlays/two/environment.yaml': environment('two', 'two.example.com'),
  'overlays/two/kustomization.yaml': 'resources: [shop.yaml]\n',
  'overlays/two/shop.yaml': ingress.replaceAll('one.example.com', 'two.example.com'),
};

const plan = (root: string, ...environments: string[]) =>
  planCommand({
    root,
    environments,
    format: 'human',
    progress: { step: async (_, work) => work(() => undefined) },
    signal: new AbortController().signal,
  });

test('the certificates of one environment are planned, with its own hosts alone', async () => {
  await using written = await writeFiles(files);
  const { text, value, exitCode } = await plan(written.root, 'one');
  expect(value.certificates.map(({ environment, hosts }) => [environment, hosts])).toEqual([
    ['one', ['shop.one.example.com']],
  ]);
  expect(text).toContain('shop.one.example.com');
  expect(exitCode).toBe(0);
}, 300_000);

test('the limits are not known where an environment cannot be rendered', async () => {
  await using written = await writeFiles({
    ...files,
    'overlays/two/kustomization.yaml': 'resources: [nothing.yaml]\n',
  });
  const { value, exitCode } = await plan(written.root, 'one');
  expect(value.failed.map(({ leaf }) => leaf)).toEqual(['overlays/two']);
  expect(exitCode).toBe(1);
}, 300_000);

test('Ingresses that nothing says where to deploy are not counted, and said', async () => {
  await using written = await writeFiles({
    ...files,
    'shop/kustomization.yaml': 'resources: [shop.yaml]\n',
    'shop/shop.yaml': ingress.replace('namespace: shop', 'namespace: other'),
  });
  const { value } = await plan(written.root);
  expect(value.certificates).toHaveLength(2);
  expect(value.unplaced).toEqual(['shop']);
}, 300_000);

test('an environment that is not there is wrong use', async () => {
  await using written = await writeFiles(files);
  await expect(plan(written.root, 'three')).resolves.toMatchObject({
    exitCode: 2,
    text: 'no environment three with a valid environment.yaml\n',
  });
}, 300_000);
