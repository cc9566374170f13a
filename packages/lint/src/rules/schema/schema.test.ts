import { describe } from '@jest/globals';
import { object, stream, workload } from '../../testing/manifests.ts';
import { objectTable } from '../../testing/rule-table.ts';
import { apiVersionServed } from './api-version-served.ts';
import { kindKnown } from './kind-known.ts';
import { schemaValid } from './schema-valid.ts';

describe('schema-valid', () => {
  objectTable(
    schemaValid,
    [
      {
        name: 'an unknown field',
        objects: workload({ spec: 'replcas: 3' }),
        finds: [
          'error schema-valid "replcas: 3" Deployment shop/web: spec.replcas is not a field → Did you mean replicas?',
        ],
        remedied: { 'replcas: 3': 'replicas: 3' },
      },
      {
        name: 'another type',
        objects: workload({ container: 'env:\n  - name: A\n    value: 1' }),
        finds: [
          'error schema-valid "1" Deployment shop/web: spec.template.spec.containers[0].env[0].value is 1, and must be text → Write text: "1", with the quotes.',
        ],
        remedied: { 'value: 1': 'value: "1"' },
      },
      {
        name: 'a field that is missing',
        objects: object('v1', 'Service', 'web', 'spec:\n  ports:\n    - name: http'),
        finds: ['error schema-valid "name: http" Service shop/web: spec.ports[0].port is missing → Add port.'],
        remedied: { 'name: http': 'name: http\n      port: 80' },
      },
    ],
    { 'what is right': workload() },
  );
});

describe('api-version-served', () => {
  objectTable(apiVersionServed, [
    {
      name: 'a version that is gone',
      objects: object('policy/v1beta1', 'PodDisruptionBudget', 'web', 'spec: {}'),
      finds: [
        'error api-version-served "policy/v1beta1" PodDisruptionBudget shop/web: policy/v1beta1 PodDisruptionBudget is not served since Kubernetes 1.25 → Use policy/v1 PodDisruptionBudget.',
      ],
      remedied: { 'policy/v1beta1': 'policy/v1' },
    },
    {
      name: 'a version that will be gone',
      objects: 'apiVersion: networking.k8s.io/v1beta1\nkind: ServiceCIDR\nmetadata: { name: a }\n',
      finds: [
        'warning api-version-served "networking.k8s.io/v1beta1" ServiceCIDR a: networking.k8s.io/v1beta1 ServiceCIDR is deprecated since Kubernetes 1.34, and 1.37 removes it → Use networking.k8s.io/v1 ServiceCIDR.',
      ],
      remedied: { 'networking.k8s.io/v1beta1': 'networking.k8s.io/v1' },
    },
  ]);
});

describe('kind-known', () => {
  const widget = object('example.com/v1', 'Widget', 'a', 'spec: { size: 1 }');
  const crd =
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: widgets.example.com }\nspec: { group: example.com, names: { kind: Widget, plural: widgets }, scope: Namespaced, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true, properties: {} } } }] }\n';
  objectTable(
    kindKnown,
    [
      {
        name: 'a kind that nobody defines',
        objects: widget,
        finds: [
          'warning kind-known "Widget" Widget shop/a: example.com/v1 Widget is not a kind of Kubernetes v1.36.3, and its CustomResourceDefinition is not in the repository → Correct apiVersion and kind, or add the CustomResourceDefinition to the repository.',
        ],
        remedied: { [widget]: `${crd}---\n${widget}` },
      },
    ],
    { 'a kind of the repository': stream(crd, widget) },
  );
});
