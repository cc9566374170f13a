import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Base } from './base.ts';
import { planEnvironment } from './plan-environment.ts';
import { readBase } from './read-base.ts';
import { environment } from './testing/environment.ts';
import { expectGolden } from './testing/golden.ts';

const base = await readBase(join(import.meta.dirname, '../../../base'));

test.each<{ name: string; spec: string[]; hasCustom?: boolean }>([
  { name: 'smallest', spec: [] },
  { name: 'daemonset', spec: ['gateway: { workload: DaemonSet, resources: { requests: { cpu: "1" } } }'] },
  {
    name: 'autoscaling',
    spec: ['gateway: { autoscaling: { min: 2, max: 4, cpu: 50 } }', 'sync: { automated: true }'],
  },
  {
    name: 'everything',
    hasCustom: true,
    spec: [
      'gateway:',
      '  replicas: 5',
      '  exposure:',
      '    type: NodePort',
      '    annotations: { b.example.com/x: "true", a.example.com/y: "1" }',
      '    nodePorts: { http: 30080, https: 30443 }',
      '  resources: { limits: { memory: 1Gi } }',
      'store: { servers: 5, storageClass: fast, size: 10Gi }',
      'certificates:',
      '  issuer: { directory: "https://ca.example.com/dir", caBundle: { configMap: roots, key: bundle.pem } }',
      '  email: platform@example.com',
      'sync: { automated: true, repository: "https://git.example.com/gates.git", revision: v1 }',
    ],
  },
])('$name is as in golden/$name', async ({ name, spec, hasCustom = false }) => {
  const { files, initial } = planEnvironment(environment(...spec), base, { hasCustom, dependencies: [] });
  await expectGolden(join(import.meta.dirname, '../golden', name), new Map([...files, ...initial]));
});

test('a rendered environment is kept until something that it is built from changes', () => {
  const { files } = planEnvironment(environment(), base, { hasCustom: true, dependencies: ['shared/a', 'traits/geo'] });
  expect(files.get('apps/argocd/qa/application.yaml')).toContain(
    'argocd.argoproj.io/manifest-generate-paths: .;/base;/shared/a;/traits/geo\n',
  );
});

test('source ranges reach the load balancer', () => {
  const { files } = planEnvironment(environment('gateway: { exposure: { sourceRanges: [203.0.113.0/24] } }'), base, {
    hasCustom: false,
    dependencies: [],
  });
  expect(files.get('overlays/qa/patches/traefik-exposure.yaml')).toContain(
    'spec:\n  loadBalancerSourceRanges:\n    - 203.0.113.0/24\n',
  );
});

test('what repeats the base is not written', () => {
  const said = environment(
    'gateway: { replicas: 3, exposure: { type: LoadBalancer }, resources: { requests: { cpu: 100m } } }',
    'store: { servers: 3, size: 1Gi }',
  );
  const unsaid = environment();
  expect(planEnvironment(said, base, { hasCustom: false, dependencies: [] })).toEqual(
    planEnvironment(unsaid, base, { hasCustom: false, dependencies: [] }),
  );
});

test('given a base without the object to patch, fails and names it', () => {
  expect(() => planEnvironment(environment(), new Base([]), { hasCustom: false, dependencies: [] })).toThrow(
    'planning a patch of Deployment acme-controller: base/ and the Components in use have no such object',
  );
});
