import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { Base } from './base.ts';
import { planEnvironment } from './plan-environment.ts';
import { readBase } from './read-base.ts';
import { environment } from './testing/environment.ts';
import { expectGolden } from './testing/golden.ts';

const base = await readBase(join(import.meta.dirname, '../../../base'));

test.each<{ name: string; spec: string[]; hasCustom?: boolean }>([
  { name: 'smallest', spec: [] },
  {
    name: 'daemonset',
    spec: [
      'gateway: { workload: DaemonSet, resources: { requests: { cpu: "1" } } }',
      'store: { backup: { enabled: false } }',
    ],
  },
  {
    name: 'host-ports',
    spec: ['gateway: { replicas: 2, exposure: { type: HostPorts, hostPorts: { http: 8080 } } }'],
  },
  {
    name: 'autoscaling',
    spec: [
      'gateway: { autoscaling: { min: 2, max: 4, cpu: 50, memory: 80, stabilization: { up: 1m, down: 10m } } }',
      'sync: { automated: true, selfHeal: false }',
    ],
  },
  {
    name: 'another-namespace',
    spec: [
      'namespace: edge',
      'preset: bare-metal',
      'monitoring: { podMonitors: true, labels: { release: prometheus } }',
    ],
  },
  {
    name: 'everything',
    hasCustom: true,
    spec: [
      'stage: production',
      'tenancy: [{ domains: [shop.qa.example.com], namespaces: [shop] }]',
      'gateway:',
      '  replicas: 5',
      '  exposure:',
      '    type: NodePort',
      '    annotations: { b.example.com/x: "true", a.example.com/y: "1" }',
      '    nodePorts: { http: 30080, https: 30443 }',
      '  resources: { limits: { memory: 1Gi } }',
      '  nodeSelector: { role: edge, disk: ssd }',
      '  tolerations: [{ key: edge, operator: Exists, effect: NoSchedule }]',
      '  spread: { nodes: required, zones: preferred }',
      '  rollout: { maxSurge: 25% }',
      '  accessLog: true',
      '  logLevel: WARN',
      '  trustedProxies: [10.0.0.0/8, "2001:db8::/32"]',
      '  proxyProtocol: true',
      '  hsts: { maxAge: 5m, includeSubDomains: true }',
      '  maxRequestBody: 100Mi',
      '  maxRequestsPerClient: 200',
      'store: { servers: 5, storageClass: fast, size: 10Gi, resources: { requests: { memory: 256Mi } }, backup: { every: 24h, keep: 90, size: 1Ti } }',
      'certificates:',
      '  issuers:',
      '    - directory: https://ca.example.com/dir',
      '      caBundle: { configMap: roots, key: bundle.pem }',
      '      externalAccountBinding: { keyId: k1, secret: { name: eab, key: hmac } }',
      '    - letsencrypt',
      '  email: platform@example.com',
      '  quotas: { hosts: 100, namespaces: { shop: 500 } }',
      '  onDemand: { hosts: [apps.qa.example.com], ask: "https://ask.example.com/may" }',
      '  challenge:',
      '    type: dns-01',
      '    route53: { accessKeyId: { name: aws, key: id }, secretAccessKey: { name: aws, key: secret } }',
      'monitoring: { podMonitors: true }',
      'sync:',
      '  signedBy: [4AEE18F83AFDEB23]',
      '  notifications:',
      '    - { on: [on-sync-failed, on-deployed], service: slack, recipients: [gateways, on-call] }',
      '  automated: true',
      '  prune: false',
      '  repository: https://git.example.com/gates.git',
      '  revision: v1',
      '  windows: [{ kind: allow, schedule: "0 8 * * 1-5", duration: 2d, timeZone: Europe/Berlin }]',
      'cluster: { name: qa-eu, controlPlane: [192.0.2.0/28, "2001:db8:1::/64"] }',
      'components: [../../traits/tracing]',
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
  const filtered = environment(
    'gateway: { exposure: { sourceRanges: [203.0.113.0/24] } }',
    'certificates: { email: a@b.example, challenge: { type: dns-01, cloudflare: { apiToken: { name: cf, key: t } } } }',
  );
  const { files } = planEnvironment(filtered, base, { hasCustom: false, dependencies: [] });
  expect(files.get('overlays/qa/patches/traefik-exposure.yaml')).toContain(
    'spec:\n  loadBalancerSourceRanges:\n    - 203.0.113.0/24\n',
  );
});

/** Hosts that are asked about are found in the access log. */
const logged = (...spec: string[]) => environment('gateway: { accessLog: true }', ...spec);

test.each<{ given: string; certificates: string; then: string[] }>([
  { given: 'nothing', certificates: '', then: [] },
  {
    given: 'a CA at a port of its own',
    certificates: 'issuers: [{ directory: "https://ca.example.com:9000/dir" }]',
    then: ['9000 TCP'],
  },
  { given: 'a CA at 443', certificates: 'issuers: [{ directory: "https://ca.example.com/dir" }]', then: [] },
  {
    given: 'records in a zone',
    certificates: 'challenge: { type: dns-01, cloudflare: { apiToken: { name: cf, key: t } } }',
    then: ['53 UDP', '53 TCP'],
  },
  {
    given: 'records in a zone, set at a port of its own',
    certificates:
      'challenge: { type: dns-01, rfc2136: { nameserver: "[2001:db8::1]:5353", tsigKeyName: k, tsigSecret: { name: s, key: k } } }',
    then: ['53 UDP', '53 TCP', '5353 UDP', '5353 TCP'],
  },
  {
    given: 'a program that sets records, and one that is asked, both at one port',
    certificates:
      'challenge: { type: dns-01, webhook: { url: "https://dns.example.com:8443/" } }, onDemand: { ask: "https://ask.example.com:8443/" }',
    then: ['8443 TCP', '53 UDP', '53 TCP'],
  },
])('the controller is let out, given $given, to $then', ({ certificates, then }) => {
  const { files } = planEnvironment(logged(`certificates: { email: a@b.example, ${certificates} }`), base, {
    hasCustom: false,
    dependencies: [],
  });
  const patch = files.get('overlays/qa/patches/acme-controller-network.yaml') ?? '';
  const ports = [...patch.matchAll(/- port: (\d+)\n +protocol: (\w+)/g)].map(
    ([, port, protocol]) => `${port} ${protocol}`,
  );
  expect(ports).toEqual(then);
});

test.each<{ given: string; spec: string[]; then: Record<string, string> }>([
  { given: 'domains alone', spec: [], then: { domains: "['qa.example.com']" } },
  {
    given: 'domains by namespace',
    spec: [
      'domains: [qa.example.com, example.net]',
      'tenancy: [{ domains: [example.net, a.qa.example.com], namespaces: [shop, pay] }, { domains: [b.qa.example.com], namespaces: [b] }]',
    ],
    then: {
      domains: "['qa.example.com', 'example.net']",
      tenancy: "{'example.net': ['shop', 'pay'], 'a.qa.example.com': ['shop', 'pay'], 'b.qa.example.com': ['b']}",
    },
  },
  {
    given: 'names that are proven by DNS',
    spec: [
      'certificates: { email: a@b.example, challenge: { type: dns-01, cloudflare: { apiToken: { name: c, key: t } } } }',
    ],
    then: { domains: "['qa.example.com']", wildcards: 'true' },
  },
  {
    given: 'certificates on demand',
    spec: [
      'gateway: { accessLog: true }',
      'certificates: { email: a@b.example, onDemand: { hosts: [qa.example.com] } }',
    ],
    then: { domains: "['qa.example.com']", wildcards: 'true' },
  },
])('an Ingress has to pass, given $given, the expressions $then', ({ spec, then }) => {
  const { files } = planEnvironment(environment(...spec), base, { hasCustom: false, dependencies: [] });
  const patch = files.get('overlays/qa/patches/gatefleet-ingresses-hosts.yaml') ?? '';
  const operations = parse(patch) as { op: string; value: string }[];
  const values = (op: string) => operations.filter((each) => each.op === op).map(({ value }) => value);
  const replaced = values('replace');
  expect(Object.fromEntries(values('test').map((name, i) => [name, replaced[i]]))).toEqual(then);
});

test.each<{ given: string; gateway: string; then: string | undefined }>([
  { given: 'nothing', gateway: '', then: undefined },
  { given: 'more at once', gateway: 'rollout: { maxUnavailable: 2 }', then: 'maxUnavailable: 2' },
  {
    given: 'a DaemonSet with more at once, which then starts none before',
    gateway: 'workload: DaemonSet, rollout: { maxUnavailable: 2 }',
    then: 'maxUnavailable: 2\n      maxSurge: 0',
  },
  {
    given: 'a DaemonSet that starts some before, and then ends none',
    gateway: 'workload: DaemonSet, rollout: { maxSurge: 25% }',
    then: 'maxSurge: 25%',
  },
  {
    given: 'ports of the nodes',
    gateway: 'exposure: { type: HostPorts }, rollout: { maxUnavailable: 10% }',
    then: 'maxUnavailable: 10%\n      maxSurge: 0',
  },
])('a rollout, given $given', ({ gateway, then }) => {
  const { files } = planEnvironment(environment(`gateway: { ${gateway} }`), base, {
    hasCustom: false,
    dependencies: [],
  });
  const patch = files.get('overlays/qa/patches/traefik-rollout.yaml');
  expect(patch?.slice(patch.indexOf('rollingUpdate:\n') + 'rollingUpdate:\n'.length).trim()).toBe(then);
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
  const bare = environment('store: { backup: { enabled: false } }');
  expect(() => planEnvironment(bare, new Base([]), { hasCustom: false, dependencies: [] })).toThrow(
    'planning a patch of StatefulSet consul: base/ and the Components in use have no such object',
  );
});
