import { expect, test } from '@jest/globals';
import { parseEnvironment } from './parse-environment.ts';
import { presetNames } from './presets.ts';

const withPreset = (preset: string, ...lines: string[]) => {
  const text = `apiVersion: gatefleet.dev/v1alpha1
kind: Environment
metadata: { name: qa }
spec:
  preset: ${preset}
  cluster: { name: qa }
  domains: [qa.example.com]
  certificates: { email: a@example.com }
${lines.map((line) => `  ${line}\n`).join('')}`;
  const result = parseEnvironment(text, 'qa/environment.yaml');
  if (result.kind === 'invalid') throw new Error(result.errors.map(({ message }) => message).join('; '));
  return result;
};

test.each(presetNames)('%s alone is a valid environment, and says what it filled in', (preset) => {
  expect(withPreset(preset).filledByPreset.length).toBeGreaterThan(0);
});

test('what the file says goes before the preset, field by field', () => {
  const { environment, filledByPreset } = withPreset(
    'aws',
    'gateway: { exposure: { annotations: { service.beta.kubernetes.io/aws-load-balancer-scheme: internal, a: b } } }',
    'store: { storageClass: io2 }',
  );
  expect(environment.spec.gateway.exposure.annotations).toEqual({
    'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal',
    'service.beta.kubernetes.io/aws-load-balancer-nlb-target-type': 'ip',
    'service.beta.kubernetes.io/aws-load-balancer-type': 'external',
    a: 'b',
  });
  expect(environment.spec.store.storageClass).toBe('io2');
  expect(filledByPreset).not.toContain('spec.store.storageClass');
  expect(filledByPreset).toContain('spec.gateway.exposure.type');
});

test('a file that leaves the preset’s exposure gets none of its settings', () => {
  const { environment } = withPreset('kind', 'gateway: { exposure: { type: LoadBalancer } }');
  expect(environment.spec.gateway.exposure).toEqual({ type: 'LoadBalancer', annotations: {}, sourceRanges: [] });
});

test('a file that gives a number of gateways is no DaemonSet', () => {
  expect(withPreset('bare-metal').environment.spec.gateway.workload).toBe('DaemonSet');
  expect(withPreset('bare-metal', 'gateway: { replicas: 2 }').environment.spec.gateway).toMatchObject({
    workload: 'Deployment',
    replicas: 2,
  });
});
