import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseEnvironment } from '@gatefleet/environment';
import { render } from '@gatefleet/kustomize';
import { ensureTools } from '@gatefleet/toolchain';
import type { Manifest } from './base.ts';
import { applyChanges, changesOf } from './changes.ts';
import { planEnvironment } from './plan-environment.ts';
import { readBase } from './read-base.ts';

const { kustomize } = await ensureTools(['kustomize']);
const repository = join(import.meta.dirname, '../../..');
const base = await readBase(join(repository, 'base'));

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatefleet-'));
  await cp(join(repository, 'base'), join(root, 'base'), { recursive: true });
});
afterAll(() => rm(root, { recursive: true }));

/** Generates an environment in the temporary repository and renders it; gives objects by kind and name. */
async function rendered(name: string, ...spec: string[]): Promise<ReadonlyMap<string, Manifest>> {
  const text = `apiVersion: gatefleet.dev/v1alpha1
kind: Environment
metadata: { name: ${name} }
spec:
  cluster: { name: somewhere }
  domains: [a.example.com, b.example.com]
${spec.map((line) => `  ${line}\n`).join('')}`;
  const result = parseEnvironment(text, `overlays/${name}/environment.yaml`);
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.errors));
  await mkdir(join(root, 'overlays', name), { recursive: true });
  const plan = planEnvironment(result.environment, base, { hasCustom: false, dependencies: [] });
  await applyChanges(await changesOf(plan, root), root);
  const { objects } = await render(join(root, 'overlays', name), { kustomize: kustomize.path });
  return new Map(
    objects.map((object) => [
      `${String(object['kind'])}/${(object['metadata'] as { name: string }).name}`,
      object as Manifest,
    ]),
  );
}

const own = 'certificates: { email: platform@example.com }';

test('a fixed number of gateways', async () => {
  const objects = await rendered('fixed', own, 'gateway: { replicas: 5 }');
  expect(objects.get('Deployment/traefik')).toMatchObject({ spec: { replicas: 5 } });
  expect(objects.has('HorizontalPodAutoscaler/traefik')).toBe(false);
});

test('a DaemonSet has neither the fields of a Deployment nor its budget', async () => {
  const objects = await rendered(
    'daemonset',
    own,
    'gateway: { workload: DaemonSet, resources: { limits: { memory: 2Gi } } }',
  );
  expect(objects.has('Deployment/traefik')).toBe(false);
  expect(objects.has('PodDisruptionBudget/traefik')).toBe(false);
  const { spec } = objects.get('DaemonSet/traefik') as { spec: Record<string, unknown> };
  expect(Object.keys(spec).toSorted()).toEqual(['revisionHistoryLimit', 'selector', 'template', 'updateStrategy']);
  expect(spec).toMatchObject({
    template: { spec: { containers: [{ name: 'traefik', resources: { limits: { memory: '2Gi' } } }] } },
  });
});

test('an autoscaler begins at its least', async () => {
  const objects = await rendered('scaled', own, 'gateway: { autoscaling: { min: 4, max: 9, cpu: 50 } }');
  expect(objects.get('Deployment/traefik')).toMatchObject({ spec: { replicas: 4 } });
  expect(objects.get('HorizontalPodAutoscaler/traefik')).toMatchObject({
    metadata: { namespace: 'gatefleet' },
    spec: { minReplicas: 4, maxReplicas: 9, metrics: [{ resource: { target: { averageUtilization: 50 } } }] },
  });
});

test('exposure, store and issuer arrive where they are read', async () => {
  const objects = await rendered(
    'all',
    'gateway: { exposure: { type: NodePort, nodePorts: { http: 30080, https: 30443 } } }',
    'store: { servers: 5, storageClass: fast, size: 7Gi }',
    'certificates: { email: a@b.example, issuers: [{ directory: "https://ca.example.com/dir", caBundle: { configMap: roots, key: k } }] }',
  );
  expect(objects.get('Service/traefik')).toMatchObject({
    spec: {
      type: 'NodePort',
      ports: [
        { name: 'web', port: 80, nodePort: 30080 },
        { name: 'websecure', port: 443, nodePort: 30443 },
      ],
    },
  });
  expect(objects.get('StatefulSet/consul')).toMatchObject({
    spec: {
      replicas: 5,
      template: { spec: { containers: [{ env: expect.arrayContaining([{ name: 'SERVERS', value: '5' }]) }] } },
      volumeClaimTemplates: [{ spec: { storageClassName: 'fast', resources: { requests: { storage: '7Gi' } } } }],
    },
  });
  expect(objects.get('Deployment/acme-controller')).toMatchObject({
    spec: {
      template: {
        spec: {
          containers: [
            {
              volumeMounts: expect.arrayContaining([
                { name: 'config-map-0', mountPath: '/etc/gatefleet/config-maps/roots', readOnly: true },
                { name: 'encryption-key', mountPath: '/etc/gatefleet/encryption-key', readOnly: true },
              ]),
            },
          ],
          volumes: expect.arrayContaining([
            { name: 'config-map-0', configMap: { name: 'roots', items: [{ key: 'k', path: 'k' }] } },
          ]),
        },
      },
    },
  });
});

test('every kind that any of them has, the project allows', async () => {
  const all = await Promise.all(
    ['fixed', 'daemonset', 'scaled', 'all'].map((name) =>
      render(join(root, 'overlays', name), { kustomize: kustomize.path }),
    ),
  );
  const { objects } = await render(join(root, 'apps/argocd/all'), { kustomize: kustomize.path });
  const project = objects.find(({ kind }) => kind === 'AppProject') as { spec: Record<string, { kind: string }[]> };
  const allowed = [
    ...(project.spec['clusterResourceWhitelist'] ?? []),
    ...(project.spec['namespaceResourceWhitelist'] ?? []),
  ].map(({ kind }) => kind);
  const kinds = new Set(all.flatMap((each) => each.objects.map(({ kind }) => kind)));
  expect([...kinds].filter((kind) => !allowed.includes(String(kind)))).toEqual([]);
});
