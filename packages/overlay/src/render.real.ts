import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseEnvironment } from '@gatefleet/environment';
import { render } from '@gatefleet/kustomize';
import { answers, freePort, startProgram } from '@gatefleet/test-programs';
import { ensureTools } from '@gatefleet/toolchain';
import type { Manifest } from './manifest.ts';
import { applyChanges, changesOf } from './changes.ts';
import { planEnvironment } from './plan-environment.ts';
import { readBase } from './read-base.ts';

const { kustomize, traefik } = await ensureTools(['kustomize', 'traefik']);
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

test('Traefik itself takes the arguments, and logs each request', async () => {
  const objects = await rendered(
    'arguments',
    own,
    'gateway: { accessLog: true, logLevel: WARN, trustedProxies: [127.0.0.0/8, "::1/128"], proxyProtocol: true }',
  );
  const { args = [] } = containerOf(objects.get('Deployment/traefik'));
  const ports = new Map([
    ['8000', await freePort()],
    ['8443', await freePort()],
    ['8080', await freePort()],
  ]);
  const onLoopback = args
    .filter((argument) => !argument.startsWith('--providers.'))
    .map((argument) =>
      argument.replace(/address=:(\d+)$/, (_, port: string) => `address=127.0.0.1:${ports.get(port) ?? 0}`),
    );
  await using program = await startProgram({
    name: 'traefik',
    file: traefik.path,
    args: onLoopback,
    isReady: () => answers(`http://127.0.0.1:${ports.get('8080') ?? 0}/ping`),
  });
  const response = await fetch(`http://127.0.0.1:${ports.get('8000') ?? 0}/of-nobody`);
  expect(response.status).toBe(404);
  await program.stop();
  const lines = program
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'));
  expect(lines.map((line) => JSON.parse(line) as unknown)).toContainEqual(
    expect.objectContaining({ RequestPath: '/of-nobody', DownstreamStatus: 404 }),
  );
}, 60_000);

test('another namespace reaches all that names it, and what has no namespace is told apart', async () => {
  const objects = await rendered(
    'edge',
    own,
    'namespace: edge',
    'gateway: { workload: DaemonSet, exposure: { type: HostPorts } }',
    'monitoring: { podMonitors: true, labels: { release: prometheus } }',
  );
  const names = [...objects.keys()].filter((key) => /^(Cluster|IngressClass|Namespace|PodMonitor)/.test(key));
  expect(names.toSorted()).toEqual([
    'ClusterRole/gatefleet-acme-controller-edge',
    'ClusterRole/gatefleet-traefik-edge',
    'ClusterRoleBinding/gatefleet-acme-controller-edge',
    'ClusterRoleBinding/gatefleet-traefik-edge',
    'IngressClass/traefik-edge',
    'Namespace/edge',
    'PodMonitor/acme-controller',
    'PodMonitor/consul',
    'PodMonitor/traefik',
  ]);
  expect(objects.get('ClusterRoleBinding/gatefleet-traefik-edge')).toMatchObject({
    roleRef: { name: 'gatefleet-traefik-edge' },
    subjects: [{ name: 'traefik', namespace: 'edge' }],
  });
  expect(objects.get('RoleBinding/acme-controller')).toMatchObject({ subjects: [{ namespace: 'edge' }] });
  expect(objects.get('Namespace/edge')).toMatchObject({
    metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
  });
  expect(objects.get('IngressClass/traefik-edge')).toMatchObject({
    metadata: { annotations: { 'ingressclass.kubernetes.io/is-default-class': 'false' } },
  });
  expect(objects.get('PodMonitor/consul')).toMatchObject({
    metadata: { namespace: 'edge', labels: { release: 'prometheus' } },
  });
  expect(objects.get('DaemonSet/traefik')).toMatchObject({
    spec: {
      updateStrategy: { rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      template: {
        spec: {
          containers: [
            {
              args: expect.arrayContaining(['--providers.kubernetesIngress.ingressClass=traefik-edge']),
              ports: [{ hostPort: 80 }, { hostPort: 443 }, { containerPort: 8080 }],
            },
          ],
        },
      },
    },
  });
  expect(JSON.stringify([...objects.values()])).not.toMatch(/"namespace":"gatefleet"|gatefleet\.svc|=gatefleet\//);
});

test.each(['fixed', 'daemonset', 'scaled', 'all', 'arguments', 'edge'])(
  'every kind that %s has, its project allows',
  async (name) => {
    const [environment, argocd] = await Promise.all(
      ['overlays', 'apps/argocd'].map((folder) => render(join(root, folder, name), { kustomize: kustomize.path })),
    );
    const project = argocd?.objects.find(({ kind }) => kind === 'AppProject') as {
      spec: Record<string, { kind: string }[]>;
    };
    const allowed = [
      ...(project.spec['clusterResourceWhitelist'] ?? []),
      ...(project.spec['namespaceResourceWhitelist'] ?? []),
    ].map(({ kind }) => kind);
    const kinds = new Set(environment?.objects.map(({ kind }) => String(kind)));
    expect([...kinds].filter((kind) => !allowed.includes(kind))).toEqual([]);
  },
);

function containerOf(object: Manifest | undefined): { readonly args?: readonly string[] } {
  const { spec } = object as { spec?: { template: { spec: { containers: { args: string[] }[] } } } };
  return spec?.template.spec.containers[0] ?? {};
}
