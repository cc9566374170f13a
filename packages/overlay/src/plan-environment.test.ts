import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseEnvironment, type Environment } from '@gatefleet/environment';
import { Base } from './base.ts';
import { planEnvironment } from './plan-environment.ts';
import { readBase } from './read-base.ts';
import { expectGolden } from './testing/golden.ts';

const base = await readBase(join(import.meta.dirname, '../../../base'));

/** The smallest environment, with lines added to its spec. */
function environment(...spec: string[]): Environment {
  const text = `apiVersion: gatefleet.dev/v1alpha1
kind: Environment
metadata: { name: qa }
spec:
  cluster: { name: qa-eu }
  domains: [qa.example.com]
${spec.some((line) => line.startsWith('certificates:')) ? '' : '  certificates: { email: platform@example.com }\n'}${spec.map((line) => `  ${line}\n`).join('')}`;
  const result = parseEnvironment(text, 'environment.yaml');
  if (result.kind === 'invalid') throw new Error(result.errors.map(({ message }) => message).join('; '));
  return result.environment;
}

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
  const { files, initial } = planEnvironment(environment(...spec), base, { hasCustom });
  await expectGolden(join(import.meta.dirname, '../golden', name), new Map([...files, ...initial]));
});

test('source ranges reach the load balancer', () => {
  const { files } = planEnvironment(environment('gateway: { exposure: { sourceRanges: [203.0.113.0/24] } }'), base, {
    hasCustom: false,
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
  expect(planEnvironment(said, base, { hasCustom: false })).toEqual(
    planEnvironment(unsaid, base, { hasCustom: false }),
  );
});

test('given a base without the object to patch, fails and names it', () => {
  expect(() => planEnvironment(environment(), new Base([]), { hasCustom: false })).toThrow(
    'planning a patch of Deployment acme-controller: base/ and the Components in use have no such object',
  );
});
