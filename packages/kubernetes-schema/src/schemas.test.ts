import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { Schemas } from './schemas.ts';

const schemas = Schemas.pinned();
const check = (yaml: string, with_ = schemas) =>
  with_
    .check(parse(yaml) as Record<string, unknown>)
    .map(({ kind, path, message, remedy }) => `${kind} ${path.join('.')}: ${message} → ${remedy}`);

const deployment = (fields: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { a: b } }
  template:
    spec:
      containers:
        - name: app
${fields.replaceAll(/^/gm, '          ')}
`;

test.each<[string, string, string[]]>([
  ['what is right passes', deployment('image: web\nresources: { limits: { memory: 64Mi, cpu: 1 } }'), []],
  ['null is a field that is not there', deployment('image: null\nlivenessProbe: null'), []],
  [
    'an unknown field is named, with what was meant',
    deployment('imagePulPolicy: Always'),
    [
      'unknown-field spec.template.spec.containers.0.imagePulPolicy: spec.template.spec.containers[0].imagePulPolicy is not a field → Did you mean imagePullPolicy?',
    ],
  ],
  [
    'a field of another kind is named',
    deployment('hostNetwork: true'),
    [
      'unknown-field spec.template.spec.containers.0.hostNetwork: spec.template.spec.containers[0].hostNetwork is not a field → Remove it: the API server refuses it.',
    ],
  ],
  [
    'a number where text must be is told with its quotes',
    deployment('env: [{ name: A, value: 1 }]'),
    [
      'wrong-type spec.template.spec.containers.0.env.0.value: spec.template.spec.containers[0].env[0].value is 1, and must be text → Write text: "1", with the quotes.',
    ],
  ],
  [
    'text where a number must be',
    deployment('ports: [{ containerPort: "80" }]'),
    [
      'wrong-type spec.template.spec.containers.0.ports.0.containerPort: spec.template.spec.containers[0].ports[0].containerPort is "80", and must be a whole number → Write a whole number.',
    ],
  ],
  [
    'text that is no quantity',
    deployment('resources: { limits: { memory: 64 MB } }'),
    [
      'wrong-type spec.template.spec.containers.0.resources.limits.memory: spec.template.spec.containers[0].resources.limits.memory is "64 MB", and must be a quantity such as 64Mi or 100m → Write a quantity such as 64Mi or 100m.',
    ],
  ],
  [
    'a mapping where a list must be',
    deployment('args: { a: b }'),
    [
      'wrong-type spec.template.spec.containers.0.args: spec.template.spec.containers[0].args is a mapping, and must be a list → Write a list.',
    ],
  ],
  [
    'a field that must be there',
    'apiVersion: v1\nkind: Service\nspec: { ports: [{ name: a }] }',
    ['missing-field spec.ports.0.port: spec.ports[0].port is missing → Add port.'],
  ],
  [
    'a version that is gone',
    'apiVersion: policy/v1beta1\nkind: PodDisruptionBudget',
    [
      'removed-version apiVersion: policy/v1beta1 PodDisruptionBudget is not served since Kubernetes 1.25 → Use policy/v1 PodDisruptionBudget.',
    ],
  ],
  [
    'a version that is long gone',
    'apiVersion: extensions/v1beta1\nkind: Ingress',
    [
      'removed-version apiVersion: extensions/v1beta1 Ingress is not served since Kubernetes 1.22 → Use networking.k8s.io/v1 Ingress.',
    ],
  ],
  [
    'a kind that nobody knows',
    'apiVersion: example.com/v1\nkind: Widget',
    [
      'unknown-kind apiVersion: example.com/v1 Widget is not a kind of Kubernetes v1.36.3, and its CustomResourceDefinition is not in the repository → Correct apiVersion and kind, or add the CustomResourceDefinition to the repository.',
    ],
  ],
  [
    'Argo CD’s kinds are known',
    'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: a }\nspec: { project: a, destination: {}, sorce: {} }',
    ['unknown-field spec.sorce: spec.sorce is not a field → Did you mean source?'],
  ],
  [
    'a PodMonitor is known',
    'apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nspec: { selector: {}, podMetricsEndpoints: [{ port: metrics }] }',
    [],
  ],
])('%s', (_, yaml, expected) => {
  expect(check(yaml)).toEqual(expected);
});

test('a version that is served and deprecated is told with the release that removes it', () => {
  expect(check('apiVersion: v1\nkind: Endpoints')).toEqual([]);
  const old = check(
    'apiVersion: networking.k8s.io/v1beta1\nkind: IPAddress\nspec: { parentRef: { resource: a, name: b } }',
  );
  expect(old.filter((line) => line.startsWith('deprecated-version'))).toEqual([
    expect.stringMatching(
      /is deprecated since Kubernetes 1\.\d+, and 1\.\d+ removes it → Use networking.k8s.io\/v1 IPAddress/,
    ),
  ]);
});

describe('CustomResourceDefinitions of the repository', () => {
  const crd = parse(`apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  names: { kind: Widget, plural: widgets }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            spec:
              type: object
              properties:
                size: { type: integer }
                mode: { type: string, enum: [once, always] }
                port: { x-kubernetes-int-or-string: true }
                free: { type: object, x-kubernetes-preserve-unknown-fields: true }
                known:
                  type: object
                  x-kubernetes-preserve-unknown-fields: true
                  properties: { a: { type: string } }
                labels: { type: object, additionalProperties: { type: string } }
`) as Record<string, unknown>;
  const own = schemas.withCustomResourceDefinitions([crd]);
  const widget = (spec: string) =>
    check(`apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: a }\nspec: ${spec}`, own).map(
      (line) => line.split(':')[0],
    );

  test.each<[string, string[]]>([
    ['{ size: 1, port: 80, free: { x: [1] }, known: { a: b, c: 1 }, labels: { a: b } }', []],
    ['{ port: http }', []],
    ['{ sise: 1 }', ['unknown-field spec.sise']],
    ['{ mode: often }', ['bad-value spec.mode']],
    ['{ size: big }', ['wrong-type spec.size']],
    ['{ known: { a: 1 } }', ['wrong-type spec.known.a']],
    ['{ labels: { a: 1 } }', ['wrong-type spec.labels.a']],
  ])('a Widget with %s', (spec, expected) => {
    expect(widget(spec)).toEqual(expected);
  });

  test('metadata is Kubernetes’ own, and what is required must be there', () => {
    expect(
      check('apiVersion: example.com/v1\nkind: Widget\nmetadata: { nam: a }', own).map((line) => line.split(':')[0]),
    ).toEqual(['unknown-field metadata.nam', 'missing-field spec']);
  });

  test('the pinned schemas stay as they are', () => {
    expect(check('apiVersion: example.com/v1\nkind: Widget')[0]).toMatch(/^unknown-kind/);
  });
});
