import { describe, expect, test } from '@jest/globals';
import { bytesOf } from '../../input/bytes.ts';
import { changeTable } from '../../testing/fleet-table.ts';
import type { Files } from '../../testing/lint-files.ts';
import { workload } from '../../testing/manifests.ts';
import { domainStillUsed } from './domain-still-used.ts';
import { immutableField } from './immutable-field.ts';
import { issuerChanged } from './issuer-changed.ts';
import { kindSwitched } from './kind-switched.ts';
import { volumeNotShrunk } from './volume-not-shrunk.ts';

const deployed = (content: string): Files => ({
  'dev/kustomization.yaml': 'resources: [all.yaml]\n',
  'dev/all.yaml': content,
});

const environment = (domains: string, issuer: string): Files => ({
  'overlays/dev/kustomization.yaml': 'resources: [shop.yaml]\n',
  'overlays/dev/environment.yaml': `apiVersion: gatefleet.dev/v1alpha1
kind: Environment
metadata: { name: dev }
spec:
  cluster: { name: dev-cluster }
  domains: [${domains}]
  certificates: { email: a@example.com, issuers: [${issuer}] }
`,
  'overlays/dev/shop.yaml': `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
spec:
  rules:
    - host: shop.two.example.com
`,
});

describe('immutable-field', () => {
  const roleBinding = (name: string) =>
    `apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: b, namespace: shop }\nroleRef:\n  kind: Role\n  name: ${name}\n`;
  const job = (image: string, annotations: string) =>
    `apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: j\n  namespace: shop\n  annotations: { ${annotations} }\nspec:\n  template:\n    spec: { containers: [{ name: a, image: ${image} }] }\n`;
  const claim = (storageClass: string) =>
    workload({
      kind: 'StatefulSet',
      spec: `volumeClaimTemplates:\n  - metadata:\n      name: data\n    spec:\n      accessModes: [ReadWriteOnce]\n      storageClassName: ${storageClass}`,
    });
  changeTable(
    immutableField,
    [
      {
        name: 'a selector',
        before: deployed(workload()),
        files: deployed(workload().replaceAll('app: web', 'app: shop')),
        finds: [
          'error immutable-field dev/all.yaml:9:7 Deployment shop/web: spec.selector cannot be changed, and has been since HEAD~1 → Undo it, or give the object another name, so that the new one is made beside the old one.',
        ],
        remedied: deployed(workload().replaceAll('app: web', 'app: shop').replace('name: web', 'name: shop')),
      },
      {
        name: 'a role of a binding',
        before: deployed(roleBinding('reader')),
        files: deployed(roleBinding('writer')),
        finds: [
          'error immutable-field dev/all.yaml:6:3 RoleBinding shop/b: roleRef cannot be changed, and has been since HEAD~1 → Undo it, or give the object another name, so that the new one is made beside the old one.',
        ],
        remedied: deployed(roleBinding('reader')),
      },
      {
        name: 'a Job’s template',
        before: deployed(job('a:1', '')),
        files: deployed(job('a:2', '')),
        finds: [
          'error immutable-field dev/all.yaml:9:37 Job shop/j: spec.template cannot be changed, and has been since HEAD~1 → Give the Job another name, or let Argo CD replace it: argocd.argoproj.io/sync-options: Replace=true,Force=true, or a hook with BeforeHookCreation.',
        ],
        remedied: deployed(job('a:2', 'argocd.argoproj.io/sync-options: "Replace=true,Force=true"')),
      },
      {
        name: 'a StorageClass of volumes',
        before: deployed(claim('gp2')),
        files: deployed(claim('gp3')),
        finds: [
          'error immutable-field dev/all.yaml:15:9 StatefulSet shop/web: spec.volumeClaimTemplates cannot be changed, and has been since HEAD~1 → Undo it; or delete the StatefulSet and leave its Pods (kubectl delete --cascade=orphan), and sync: the new one takes them over. Volumes keep their size and class.',
        ],
        remedied: deployed(claim('gp2')),
      },
    ],
    {
      'what can be changed': {
        before: deployed(workload({ spec: 'replicas: 2' })),
        files: deployed(workload({ spec: 'replicas: 3' })),
      },
      'an object that was not there': { before: deployed(roleBinding('reader')), files: deployed(workload()) },
      'a hook that is made anew': {
        before: deployed(job('a:1', 'argocd.argoproj.io/hook-delete-policy: BeforeHookCreation')),
        files: deployed(job('a:2', 'argocd.argoproj.io/hook-delete-policy: BeforeHookCreation')),
      },
    },
  );
});

describe('kind-switched', () => {
  changeTable(
    kindSwitched,
    [
      {
        name: 'a Deployment that becomes a DaemonSet',
        before: deployed(workload()),
        files: deployed(workload({ kind: 'DaemonSet' })),
        finds: [
          'warning kind-switched dev/all.yaml:2:7 DaemonSet shop/web was a Deployment at HEAD~1 → Sync it at a quiet hour, and watch that the old Pods end; undo it if it was not meant.',
        ],
        remedied: deployed(workload()),
      },
    ],
    {
      'another name': { before: deployed(workload()), files: deployed(workload({ kind: 'DaemonSet', name: 'shop' })) },
    },
  );
});

describe('volume-not-shrunk', () => {
  const store = (size: string) =>
    deployed(
      workload({
        kind: 'StatefulSet',
        spec: `volumeClaimTemplates:\n  - metadata:\n      name: data\n    spec:\n      resources:\n        requests:\n          storage: ${size}`,
      }),
    );
  changeTable(
    volumeNotShrunk,
    [
      {
        name: 'a smaller volume',
        before: store('10Gi'),
        files: store('9G'),
        finds: [
          'error volume-not-shrunk dev/all.yaml:16:22 StatefulSet shop/web: the volume data shrinks from 10Gi to 9G → Give it at least 10Gi.',
        ],
        remedied: store('10Gi'),
      },
    ],
    {
      'the same in other words': { before: store('1Gi'), files: store('1024Mi') },
      'a larger one': { before: store('1Gi'), files: store('2Gi') },
    },
  );
  test.each([
    ['1Ki', 1024],
    ['1k', 1000],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['7', 7],
    ['1x', Number.NaN],
  ])('%s is %d bytes', (text, bytes) => {
    expect(bytesOf(text)).toBe(bytes);
  });
});

describe('domain-still-used', () => {
  const ca = '{ directory: "https://ca.example.com/dir" }';
  changeTable(
    domainStillUsed,
    [
      {
        name: 'a domain of an Ingress that is there',
        before: environment('one.example.com, two.example.com', ca),
        files: environment('one.example.com', ca),
        finds: [
          'error domain-still-used overlays/dev/environment.yaml:6:3 dev had the domain two.example.com at HEAD~1; Ingress shop/shop (shop.two.example.com) still uses it → Keep the domain until the Ingresses are moved or removed.',
        ],
        remedied: environment('one.example.com, two.example.com', ca),
      },
    ],
    {
      'a domain that no Ingress has': {
        before: environment('one.example.com, two.example.com', ca),
        files: environment('two.example.com', ca),
      },
    },
  );
});

describe('issuer-changed', () => {
  const old = environment('two.example.com', 'letsencrypt-staging');
  changeTable(
    issuerChanged,
    [
      {
        name: 'another CA',
        before: old,
        files: environment('two.example.com', 'letsencrypt'),
        finds: [
          'warning issuer-changed overlays/dev/environment.yaml:7:51 dev asked acme-staging-v02.api.letsencrypt.org first at HEAD~1, and asks acme-v02.api.letsencrypt.org now: 1 certificate is ordered anew → Sync it at a quiet hour; see gatefleet plan for what it takes.',
        ],
        remedied: old,
      },
    ],
    {
      'another CA to fall back on': {
        before: old,
        files: environment('two.example.com', 'letsencrypt-staging, letsencrypt'),
      },
    },
  );
});
