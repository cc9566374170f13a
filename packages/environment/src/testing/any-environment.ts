import fc from 'fast-check';
import { stringify } from 'yaml';
import { presetNames } from '../presets.ts';

/** A document as it would be written, and as text. */
export interface AnyDocument {
  readonly name: string;
  readonly document: Record<string, unknown>;
  readonly text: string;
}

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const label = fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/);
const bytes = fc.constantFrom('64Mi', '256Mi', '1Gi', '2G', '10Gi');
const cpu = fc.constantFrom('50m', '500m', '1', '1.5');
const duration = fc.constantFrom('30s', '5m', '12h', '30d');
const wait = fc.constantFrom('30s', '5m', '1h');
const podCount = fc.constantFrom<number | string>(1, 2, '25%', '50%');
const cidr = fc.constantFrom('203.0.113.0/24', '10.0.0.0/8', '2001:db8::/32');
const secret = fc.record({ name: label, key: label });
/** Of either the least is what the other's default allows. */
const resources = fc.record(
  {
    requests: fc.record({ cpu, memory: fc.constantFrom('64Mi', '256Mi', '500M') }, { requiredKeys: [] }),
    limits: fc.record({ memory: fc.constantFrom('512Mi', '1Gi', '2G') }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);
const labels = fc.dictionary(label, label, { maxKeys: 2 });

const scale = fc.oneof(
  fc.constant({}),
  fc.record({ workload: fc.constant('Deployment'), replicas: fc.integer({ min: 1, max: 9 }) }),
  fc.constant({ workload: 'DaemonSet' }),
  fc
    .record({
      min: fc.integer({ min: 2, max: 5 }),
      more: fc.integer({ min: 0, max: 9 }),
      cpu: optional(fc.integer({ min: 10, max: 95 })),
      memory: optional(fc.integer({ min: 10, max: 200 })),
      stabilization: optional(fc.record({ up: wait, down: wait }, { requiredKeys: [] })),
    })
    .map(({ min, more, ...rest }) => ({ autoscaling: { min, max: min + more, ...rest } })),
);

const exposure = fc.oneof(
  fc.constant({}),
  fc.record({ annotations: fc.dictionary(label, label, { maxKeys: 2 }) }),
  fc.record({ type: fc.constant('NodePort'), nodePorts: optional(fc.constant({ http: 30080, https: 30443 })) }),
  fc.record({ type: fc.constant('HostPorts'), hostPorts: optional(fc.constant({ http: 8080, https: 8443 })) }),
);

const toleration = fc.oneof(
  fc.record({ key: label, value: label, effect: optional(fc.constantFrom('NoSchedule', 'NoExecute')) }),
  fc.record({ operator: fc.constant('Exists'), key: optional(label) }),
);

const gateway = fc
  .record({
    scale,
    exposure,
    resources: optional(resources),
    nodeSelector: optional(labels),
    tolerations: optional(fc.array(toleration, { maxLength: 2 })),
    spread: optional(
      fc.record(
        {
          nodes: fc.constantFrom('preferred', 'required', 'off'),
          zones: fc.constantFrom('preferred', 'required', 'off'),
        },
        { requiredKeys: [] },
      ),
    ),
    rollout: optional(
      fc.oneof(
        fc.record({ maxSurge: podCount, maxUnavailable: podCount }),
        fc.record({ maxSurge: podCount }),
        fc.record({ maxUnavailable: podCount }),
      ),
    ),
    accessLog: optional(fc.boolean()),
    logLevel: optional(fc.constantFrom('DEBUG', 'INFO', 'WARN', 'ERROR')),
    hsts: optional(
      fc.oneof(
        fc.record({ maxAge: fc.constantFrom('5m', '365d'), includeSubDomains: fc.boolean() }, { requiredKeys: [] }),
        fc.record({ includeSubDomains: fc.constant(true), preload: fc.constant(true) }),
      ),
    ),
    maxRequestBody: optional(fc.constantFrom('1Ki', '100Mi', '999999T')),
    proxies: optional(
      fc.record(
        {
          trustedProxies: fc.array(cidr, { minLength: 1, maxLength: 2 }),
          proxyProtocol: fc.boolean(),
          maxRequestsPerClient: fc.integer({ min: 10, max: 100_000 }),
        },
        { requiredKeys: ['trustedProxies'] },
      ),
    ),
  })
  .map(({ scale: size, proxies, spread, rollout, ...rest }) => ({
    ...rest,
    ...size,
    ...proxies,
    // Neither has a meaning everywhere: one gateway on every node is not spread, and ports of a node are free only when one ends.
    ...('workload' in size && size.workload === 'DaemonSet' ? {} : { spread }),
    ...('type' in rest.exposure && rest.exposure.type === 'HostPorts'
      ? {}
      : { rollout: 'workload' in size && size.workload === 'DaemonSet' ? oneWay(rollout) : rollout }),
  }));

/** A DaemonSet starts gateways before others end, or after. */
function oneWay(rollout: object | undefined): object | undefined {
  return rollout !== undefined && 'maxSurge' in rollout ? { maxSurge: rollout.maxSurge } : rollout;
}

const challenge = fc.oneof(
  fc.constant(undefined),
  fc.constant({ type: 'http-01' }),
  fc.constant({ type: 'dns-persist-01' }),
  fc.constant({ type: 'dns-01', route53: {} }),
  secret.map((apiToken) => ({ type: 'dns-01', cloudflare: { apiToken } })),
  secret.map((tsigSecret) => ({
    type: 'dns-01',
    rfc2136: { nameserver: 'ns.example.com:53', tsigKeyName: 'update.example.com', tsigSecret },
  })),
  secret.map((key) => ({ type: 'dns-01', route53: { hostedZone: 'Z1', accessKeyId: key, secretAccessKey: key } })),
  optional(secret).map((serviceAccount) => ({
    type: 'dns-01',
    googleCloudDns: { project: 'dns-zones', serviceAccount },
  })),
  optional(secret).map((clientSecret) => ({
    type: 'dns-01',
    azureDns: {
      subscriptionId: '00000000-0000-0000-0000-000000000001',
      resourceGroup: 'dns',
      ...(clientSecret !== undefined && {
        tenantId: '00000000-0000-0000-0000-000000000002',
        clientId: '00000000-0000-0000-0000-000000000003',
        clientSecret,
      }),
    },
  })),
  optional(secret).map((token) => ({ type: 'dns-01', webhook: { url: 'https://dns.example.com/', token } })),
);

const ownIssuer = fc.record({
  directory: fc.constantFrom('https://ca.example.com/dir', 'https://ca.example.org/acme/dir'),
  caBundle: optional(fc.record({ configMap: label, key: label })),
  externalAccountBinding: optional(fc.record({ keyId: label, secret })),
  limits: optional(fc.record({ newOrders: fc.record({ count: fc.integer({ min: 1, max: 900 }), per: duration }) })),
});

const issuers = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom(['letsencrypt'], ['letsencrypt-staging'], ['letsencrypt', 'letsencrypt-staging']),
  ownIssuer.map((issuer) => [issuer]),
  ownIssuer.map((issuer) => ['letsencrypt', issuer]),
);

/** Hosts below a name in the environment's own domain, somebody to ask, or both. */
const onDemand = fc.constantFrom(
  undefined,
  { hosts: 'shops' },
  { ask: 'https://shops.example.com/known' },
  { hosts: 'shops', ask: 'https://shops.example.com/known' },
);

/** Valid documents, with every field now and then. */
export const anyEnvironment: fc.Arbitrary<AnyDocument> = fc
  .record({
    name: label,
    stage: optional(fc.constantFrom('development', 'staging', 'production')),
    preset: optional(fc.constantFrom(...presetNames)),
    namespace: optional(fc.constantFrom('gatefleet', 'edge')),
    tenant: optional(label),
    gateway: optional(gateway),
    store: optional(
      fc.record(
        {
          servers: fc.constantFrom(3, 5),
          storageClass: label,
          size: bytes,
          resources,
          backup: fc.record(
            {
              enabled: fc.boolean(),
              every: fc.constantFrom('1h', '6h', '24h'),
              keep: fc.integer({ min: 1, max: 1000 }),
              storageClass: label,
              size: bytes,
            },
            { requiredKeys: [] },
          ),
        },
        { requiredKeys: [] },
      ),
    ),
    promotion: optional(fc.record({ from: fc.constant('before'), healthyFor: duration }, { requiredKeys: ['from'] })),
    certificates: fc.record({ issuers, challenge, profile: optional(label), retention: optional(duration), onDemand }),
    monitoring: optional(fc.record({ podMonitors: fc.boolean(), labels }, { requiredKeys: [] })),
    sync: optional(
      fc.record(
        {
          automated: fc.boolean(),
          selfHeal: fc.boolean(),
          prune: fc.boolean(),
          windows: fc.array(
            fc.record(
              {
                kind: fc.constantFrom('allow', 'deny'),
                schedule: fc.constant('0 6 * * 1-5'),
                duration,
                timeZone: fc.constant('Europe/Berlin'),
                manualSync: fc.boolean(),
              },
              { requiredKeys: ['kind', 'schedule', 'duration'] },
            ),
            { maxLength: 2 },
          ),
          repository: fc.constant('https://git.example.com/fleet.git'),
          revision: fc.constant('release-1'),
          signedBy: fc.array(fc.constantFrom('4AEE18F83AFDEB23', 'D56C4FCA57A46444'), { maxLength: 2 }),
          notifications: fc.array(
            fc.record({
              on: fc.uniqueArray(fc.constantFrom('on-deployed', 'on-sync-failed'), { minLength: 1 }),
              service: fc.constantFrom('slack', 'email'),
              recipients: fc.array(fc.constantFrom('gateways', 'on-call@example.com'), { minLength: 1, maxLength: 2 }),
            }),
            { maxLength: 2 },
          ),
        },
        { requiredKeys: [] },
      ),
    ),
  })
  .map(({ name, tenant, certificates, gateway: gates, preset, promotion, ...spec }) => {
    const domain = `${name}.example.com`;
    // A preset that makes a DaemonSet, or takes ports of the nodes, leaves no room for what needs the other.
    const isOnNodes = preset === 'bare-metal';
    const { spread, rollout, ...rest } = (gates ?? {}) as Record<string, unknown>;
    // Whom to ask about is read from the access log.
    const sync = promotion === undefined ? spec.sync : { ...spec.sync, revision: undefined };
    const log = certificates.onDemand?.ask === undefined ? {} : { accessLog: true };
    return asDocument(name, {
      ...spec,
      preset,
      sync,
      promotion,
      cluster: { name: `${name}-cluster` },
      domains: [domain],
      ...(tenant !== undefined && { tenancy: [{ domains: [`a.${domain}`], namespaces: [tenant] }] }),
      gateway: { ...rest, ...(isOnNodes ? {} : { spread, rollout }), ...log },
      certificates: {
        ...certificates,
        ...(certificates.onDemand?.hosts !== undefined && {
          onDemand: { ...certificates.onDemand, hosts: [`${certificates.onDemand.hosts}.${domain}`] },
        }),
        email: 'platform@example.com',
      },
    });
  });

/** A document with one or more mistakes, and the paths that must be named. */
export interface AnyMistaken extends AnyDocument {
  readonly mistakes: readonly string[];
}

const mistakes: readonly { readonly path: string; readonly plant: (spec: Record<string, unknown>) => void }[] = [
  { path: 'spec.domains', plant: (spec) => (spec['domains'] = []) },
  { path: 'spec.colour', plant: (spec) => (spec['colour'] = 'red') },
  { path: 'spec.stage', plant: (spec) => (spec['stage'] = 'test') },
  { path: 'spec.store.servers', plant: (spec) => (spec['store'] = { servers: 4 }) },
  { path: 'spec.certificates.email', plant: (spec) => (spec['certificates'] = { email: 'nobody' }) },
  { path: 'spec.sync.revision', plant: (spec) => (spec['sync'] = { revision: '-x' }) },
  { path: 'spec.gateway.replicas', plant: (spec) => (spec['gateway'] = { replicas: 0 }) },
  { path: 'spec.cluster.name', plant: (spec) => (spec['cluster'] = { name: 'Not A Name' }) },
  { path: 'spec.monitoring.labels', plant: (spec) => (spec['monitoring'] = { labels: 'all' }) },
  { path: 'spec.namespace', plant: (spec) => (spec['namespace'] = 'kube-system') },
];

export const anyInvalidEnvironment: fc.Arbitrary<AnyMistaken> = fc
  .tuple(anyEnvironment, fc.subarray([...mistakes], { minLength: 1 }))
  .map(([{ name, document }, planted]) => {
    // Tenants' domains would fall outside of domains that are gone.
    const { tenancy: _, ...spec } = structuredClone(document['spec']) as Record<string, unknown>;
    for (const { plant } of planted) plant(spec);
    return { ...asDocument(name, spec), mistakes: planted.map(({ path }) => path) };
  });

function asDocument(name: string, spec: Record<string, unknown>): AnyDocument {
  const document = withoutUndefined({
    apiVersion: 'gatefleet.dev/v1alpha1',
    kind: 'Environment',
    metadata: { name },
    spec,
  }) as Record<string, unknown>;
  return { name, document, text: stringify(document) };
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, withoutUndefined(inner)]),
  );
}
