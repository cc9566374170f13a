import { expect, test } from '@jest/globals';
import { parseEnvironment } from './parse-environment.ts';

const file = 'overlays/staging/environment.yaml';
const smallest = `apiVersion: gatefleet.dev/v1alpha1
kind: Environment
metadata: { name: staging }
spec:
  cluster: { name: staging-eu }
  domains: [staging.example.com]
  certificates: { email: platform@example.com }
`;

test('given only what must be given, every default is filled in', () => {
  expect(parseEnvironment(smallest, file)).toEqual({
    kind: 'valid',
    filledByPreset: [],
    environment: {
      apiVersion: 'gatefleet.dev/v1alpha1',
      kind: 'Environment',
      metadata: { name: 'staging' },
      spec: {
        stage: 'development',
        cluster: { name: 'staging-eu', controlPlane: [] },
        namespace: 'gatefleet',
        domains: ['staging.example.com'],
        tenancy: [],
        gateway: {
          workload: 'Deployment',
          exposure: { type: 'LoadBalancer', annotations: {}, sourceRanges: [] },
          resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } },
          nodeSelector: {},
          tolerations: [],
          spread: { nodes: 'preferred', zones: 'off' },
          rollout: {},
          accessLog: false,
          logLevel: 'INFO',
          trustedProxies: [],
          proxyProtocol: false,
        },
        store: {
          servers: 3,
          size: '1Gi',
          resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } },
          backup: { enabled: true, every: '6h', keep: 28, size: '5Gi' },
        },
        certificates: {
          issuers: ['letsencrypt'],
          email: 'platform@example.com',
          challenge: { type: 'http-01' },
          retention: '30d',
        },
        monitoring: { podMonitors: false, labels: {} },
        sync: {
          automated: false,
          selfHeal: true,
          prune: true,
          windows: [],
          signedBy: [],
          notifications: [],
          repository: 'https://github.com/gatefleet/gatefleet.git',
        },
        components: [],
      },
    },
  });
});

/** Adds lines to `spec`, from line 8 of the file. */
const withSpec = (...lines: string[]) => smallest + lines.map((line) => `  ${line}\n`).join('');

test.each<{ given: string; text: string; line: number; column: number; found?: string; says: string; remedy: string }>([
  {
    given: 'a value of the wrong type',
    text: withSpec('gateway: { replicas: three }'),
    line: 8,
    column: 24,
    found: '"three"',
    says: 'spec.gateway.replicas must be a whole number from 1 to 100',
    remedy: 'Write a whole number from 1 to 100.',
  },
  {
    given: 'a value out of range, in a field with a default',
    text: withSpec('store:', '  servers: 4'),
    line: 9,
    column: 14,
    found: '4',
    says: 'spec.store.servers must be 3 or 5',
    remedy: 'Write 3 or 5, or leave it out for 3.',
  },
  {
    given: 'a size without a unit',
    text: withSpec('store: { size: 10 }'),
    line: 8,
    column: 18,
    found: '10',
    says: 'spec.store.size must be a size with its unit such as 512Mi or 10Gi',
    remedy: 'Write a size with its unit such as 512Mi or 10Gi, or leave it out for 1Gi.',
  },
  {
    given: 'a field spelled almost right',
    text: withSpec('gateway: { replica: 3 }'),
    line: 8,
    column: 14,
    found: '3',
    says: 'spec.gateway.replica is not a field',
    remedy: 'Did you mean replicas?',
  },
  {
    given: 'a field that does not exist',
    text: withSpec('monitoring: { scrape: [] }'),
    line: 8,
    column: 17,
    found: '[]',
    says: 'spec.monitoring.scrape is not a field',
    remedy: 'Remove it; the fields here are podMonitors, labels.',
  },
  {
    given: 'a required field left out',
    text: smallest.replace('  cluster: { name: staging-eu }\n', ''),
    line: 4,
    column: 1,
    says: 'spec.cluster is missing',
    remedy: 'Add spec.cluster: a mapping of name, controlPlane. Where this environment runs.',
  },
  {
    given: 'an issuer that is none of the known and no directory',
    text: smallest.replace('{ email', '{ issuers: [zerossl], email'),
    line: 7,
    column: 29,
    found: '"zerossl"',
    says: 'spec.certificates.issuers[0] must be letsencrypt or letsencrypt-staging or a mapping of directory, caBundle, externalAccountBinding, limits',
    remedy:
      'Write letsencrypt or letsencrypt-staging or a mapping of directory, caBundle, externalAccountBinding, limits.',
  },
  {
    given: 'a directory without TLS',
    text: smallest.replace('{ email', '{ issuers: [{ directory: "http://ca.example.com/dir" }], email'),
    line: 7,
    column: 42,
    found: '"http://ca.example.com/dir"',
    says: 'spec.certificates.issuers[0].directory must be a URL that starts with https://',
    remedy: 'Write a URL that starts with https://.',
  },
  {
    given: 'an empty list of domains',
    text: smallest.replace('[staging.example.com]', '[]'),
    line: 6,
    column: 12,
    found: '[]',
    says: 'spec.domains must not be empty',
    remedy: 'Add at least one item: a domain in lower case such as staging.example.com, no wildcard.',
  },
  {
    given: 'a wildcard as domain',
    text: smallest.replace('[staging.example.com]', '["*.example.com"]'),
    line: 6,
    column: 13,
    found: '"*.example.com"',
    says: 'spec.domains[0] must be a domain in lower case such as staging.example.com, no wildcard',
    remedy: 'Write a domain in lower case such as staging.example.com, no wildcard.',
  },
  {
    given: 'a domain under another',
    text: smallest.replace('[staging.example.com]', '[shop.example.com, example.com]'),
    line: 6,
    column: 13,
    found: '"shop.example.com"',
    says: 'spec.domains[0] is covered by spec.domains[1] already',
    remedy: 'Remove it: a zone covers all names below it.',
  },
  {
    given: 'a name that is not the folder’s',
    text: smallest.replace('{ name: staging }', '{ name: qa }'),
    line: 3,
    column: 19,
    found: '"qa"',
    says: 'metadata.name must be the folder’s name, staging',
    remedy: 'Write staging, or rename the folder to qa.',
  },
  {
    given: 'replicas beside autoscaling',
    text: withSpec('gateway: { replicas: 3, autoscaling: {} }'),
    line: 8,
    column: 14,
    found: '3',
    says: 'spec.gateway.replicas and spec.gateway.autoscaling exclude each other',
    remedy:
      'Remove replicas to scale by load (autoscaling.min is the fewest), or remove autoscaling for a fixed number.',
  },
  {
    given: 'replicas on a DaemonSet',
    text: withSpec('gateway: { workload: DaemonSet, replicas: 3 }'),
    line: 8,
    column: 35,
    found: '3',
    says: 'spec.gateway.replicas has no meaning for a DaemonSet, which runs one gateway on every node',
    remedy: 'Remove replicas, or set spec.gateway.workload to Deployment.',
  },
  {
    given: 'a maximum below the default minimum',
    text: withSpec('gateway: { autoscaling: { max: 2 } }'),
    line: 8,
    column: 34,
    found: '2',
    says: 'spec.gateway.autoscaling.min (3) is above max (2)',
    remedy: 'Lower min to at most 2, or raise max to at least 3.',
  },
  {
    given: 'source ranges where nothing filters',
    text: withSpec('gateway: { exposure: { type: NodePort, sourceRanges: [10.0.0.0/8] } }'),
    line: 8,
    column: 42,
    found: '["10.0.0.0/8"]',
    says: 'spec.gateway.exposure.sourceRanges would not be enforced: only a load balancer filters by source',
    remedy: 'Remove sourceRanges and filter in front of the nodes, or set exposure.type to LoadBalancer.',
  },
  {
    given: 'node ports on a load balancer',
    text: withSpec('gateway: { exposure: { nodePorts: { http: 30080, https: 30443 } } }'),
    line: 8,
    column: 26,
    found: '{"http":30080,"https":30443}',
    says: 'spec.gateway.exposure.nodePorts is for type NodePort',
    remedy: 'Set exposure.type to NodePort, or remove nodePorts.',
  },
  {
    given: 'a password in the repository’s URL',
    text: withSpec('sync: { repository: "https://me:secret@example.com/a.git" }'),
    line: 8,
    column: 23,
    found: '"https://…@example.com/a.git"',
    says: 'spec.sync.repository must be a git URL without a password in it',
    remedy: 'Write a git URL without a password in it, or leave it out for https://github.com/gatefleet/gatefleet.git.',
  },
  {
    given: 'a field twice',
    text: withSpec('store: { size: 1Gi }', 'store: { size: 2Gi }'),
    line: 9,
    column: 3,
    says: 'a field is given twice',
    remedy: 'Keep one of the two.',
  },
  {
    given: 'a bracket left open',
    text: withSpec('store: { size: 1Gi'),
    line: 9,
    column: 1,
    says: 'not valid YAML: Flow map in block collection must be sufficiently indented and end with a }',
    remedy: 'Correct the YAML here; indentation is by spaces.',
  },
  {
    given: 'two documents',
    text: `${smallest}---\n${smallest}`,
    line: 8,
    column: 1,
    says: 'the file holds more than one document',
    remedy: 'Keep one environment a file; move the other to a folder of its own.',
  },
  {
    given: 'an empty file',
    text: '',
    line: 1,
    column: 1,
    says: 'the file is empty',
    remedy: 'Start it with apiVersion: gatefleet.dev/v1alpha1.',
  },
  {
    given: 'a list instead of a mapping',
    text: '- a\n',
    line: 1,
    column: 1,
    found: '["a"]',
    says: 'the file must hold a mapping',
    remedy: 'Start it with apiVersion: gatefleet.dev/v1alpha1.',
  },
])('given $given, says where and what to do', ({ text, line, column, found, says, remedy }) => {
  const result = parseEnvironment(text, file);
  if (result.kind !== 'invalid') throw new Error('expected mistakes');
  const [first, ...others] = result.errors;
  expect(others).toEqual([]);
  expect(first).toMatchObject({ file, line, column, message: says, remedy });
  if (found !== undefined) expect(first?.found).toBe(found);
});

/** The smallest file with lines in place of its certificates. */
const withCertificates = (text: string) =>
  smallest.replace('{ email: platform@example.com }', `{ email: platform@example.com, ${text} }`);

test.each<[string, string, string, string]>([
  [
    'a namespace of the cluster',
    withSpec('namespace: kube-system'),
    '8 spec.namespace is kube-system, which others use',
    'Write a namespace that nothing else is in, or leave it out for gatefleet.',
  ],
  [
    'a tenant’s domain outside',
    withSpec('tenancy: [{ domains: [other.example.com], namespaces: [a] }]'),
    '8 other.example.com is outside of spec.domains',
    'Add it to spec.domains, or remove it here; the domains are staging.example.com.',
  ],
  [
    'a domain of two tenants',
    withSpec(
      'tenancy:',
      '  - { domains: [a.staging.example.com], namespaces: [a] }',
      '  - { domains: [a.staging.example.com], namespaces: [b] }',
    ),
    '10 a.staging.example.com is in two entries of spec.tenancy',
    'Keep it in one, with all the namespaces that may claim it.',
  ],
  [
    'ports of the node on a load balancer',
    withSpec('gateway: { exposure: { hostPorts: {} } }'),
    '8 spec.gateway.exposure.hostPorts is for type HostPorts',
    'Set exposure.type to HostPorts, or remove hostPorts.',
  ],
  [
    'the PROXY protocol from nobody',
    withSpec('gateway: { proxyProtocol: true }'),
    '8 spec.gateway.proxyProtocol trusts nobody: spec.gateway.trustedProxies is empty',
    'List the networks of the load balancers in trustedProxies, or remove proxyProtocol.',
  ],
  [
    'a share of clients that nobody tells apart',
    withSpec('gateway: { maxRequestsPerClient: 100 }'),
    '8 spec.gateway.maxRequestsPerClient would count all clients as one: nothing tells gateways who asks',
    'List the load balancers that do so in trustedProxies, set exposure.type to HostPorts, or remove maxRequestsPerClient.',
  ],
  [
    'a short time on the list of browsers',
    withSpec('gateway: { hsts: { maxAge: 30d, includeSubDomains: true, preload: true } }'),
    '8 spec.gateway.hsts.preload is in vain: the list takes only hosts with includeSubDomains and a year',
    'Write includeSubDomains: true and a maxAge of at least 365d, or remove preload.',
  ],
  [
    'one host without those below on the list of browsers',
    withSpec('gateway: { hsts: { preload: true } }'),
    '8 spec.gateway.hsts.preload is in vain: the list takes only hosts with includeSubDomains and a year',
    'Write includeSubDomains: true and a maxAge of at least 365d, or remove preload.',
  ],
  [
    'a rollout that cannot move',
    withSpec('gateway: { rollout: { maxSurge: 0 } }'),
    '8 spec.gateway.rollout lets no gateway start and none end: no version would ever replace another',
    'Write maxSurge: 1, or maxUnavailable: 1.',
  ],
  [
    'a surge onto ports that are taken',
    withSpec('gateway: { exposure: { type: HostPorts }, rollout: { maxSurge: 1 } }'),
    '8 spec.gateway.rollout.maxSurge starts a gateway on a node whose ports another one has',
    'Write 0, with maxUnavailable 1, or leave both out.',
  ],
  [
    'a DaemonSet that rolls both ways',
    withSpec('gateway: { workload: DaemonSet, rollout: { maxSurge: 1, maxUnavailable: 25% } }'),
    '8 spec.gateway.rollout of a DaemonSet starts gateways before others end, or after, not both',
    'Remove maxSurge or maxUnavailable.',
  ],
  [
    'a wait that an autoscaler does not make',
    withSpec('gateway: { autoscaling: { stabilization: { down: 2h } } }'),
    '8 spec.gateway.autoscaling.stabilization.down is longer than an hour, the most that an autoscaler waits',
    'Write at most 1h.',
  ],
  [
    'a limit below what is reserved',
    withSpec('store: { resources: { limits: { memory: 100M } } }'),
    '8 spec.store.resources reserves more memory (128Mi) than its limit (100M)',
    'Write at most 100M in requests.memory, or at least 128Mi in limits.memory.',
  ],
  [
    'more reserved than the limit',
    withSpec('gateway: { resources: { requests: { memory: 1Gi } } }'),
    '8 spec.gateway.resources reserves more memory (1Gi) than its limit (512Mi)',
    'Write at most 512Mi in requests.memory, or at least 1Gi in limits.memory.',
  ],
  [
    'a spread of one on every node',
    withSpec('gateway: { workload: DaemonSet, spread: { nodes: required } }'),
    '8 spec.gateway.spread has no meaning for a DaemonSet, which runs one gateway on every node',
    'Remove spread, or set spec.gateway.workload to Deployment.',
  ],
  [
    'a toleration of nothing',
    withSpec('gateway: { tolerations: [{ value: a }] }'),
    '8 spec.gateway.tolerations[0] names no key',
    'Add key, or set operator to Exists to bear every taint.',
  ],
  [
    'a toleration that asks twice',
    withSpec('gateway: { tolerations: [{ key: a, operator: Exists, value: b }] }'),
    '8 spec.gateway.tolerations[0].value has no meaning with operator Exists',
    'Remove value, or set operator to Equal.',
  ],
  [
    'dns-01 by nobody',
    withCertificates('challenge: { type: dns-01 }'),
    '7 spec.certificates.challenge is dns-01 and names no provider',
    'Add one of route53, cloudflare, googleCloudDns, azureDns, rfc2136, webhook.',
  ],
  [
    'dns-01 by two',
    withCertificates('challenge: { type: dns-01, route53: {}, googleCloudDns: { project: abc } }'),
    '7 spec.certificates.challenge has two providers, route53 and googleCloudDns',
    'Keep one.',
  ],
  [
    'a provider with http-01',
    withCertificates('challenge: { route53: {} }'),
    '7 spec.certificates.challenge.route53 has no meaning with http-01',
    'Set type to dns-01, or remove route53.',
  ],
  [
    'a provider with a record that stays',
    withCertificates('challenge: { type: dns-persist-01, route53: {} }'),
    '7 spec.certificates.challenge.route53 has no meaning with dns-persist-01',
    'Set type to dns-01, or remove route53.',
  ],
  [
    'a look at hosts that are proven by DNS',
    withCertificates('challenge: { type: dns-persist-01 }, preflight: { enabled: true }'),
    '7 spec.certificates.preflight has no meaning with dns-persist-01',
    'Remove it: with a record in DNS a host may lead anywhere.',
  ],
  [
    'half a credential',
    withCertificates('challenge: { type: dns-01, route53: { accessKeyId: { name: a, key: b } } }'),
    '7 spec.certificates.challenge.route53 has accessKeyId without secretAccessKey',
    'Add secretAccessKey, or remove accessKeyId to use the Pod’s own identity.',
  ],
  [
    'an issuer that falls back to itself',
    withCertificates('issuers: [letsencrypt, letsencrypt]'),
    '7 spec.certificates.issuers[1] is there already',
    'Remove it: the list falls back from one to the next.',
  ],
  [
    'no issuer',
    withCertificates('issuers: []'),
    '7 spec.certificates.issuers must not be empty',
    'Add at least one item: letsencrypt or letsencrypt-staging or a mapping of directory, caBundle, externalAccountBinding, limits.',
  ],
  [
    'certificates on demand for nobody',
    withCertificates('onDemand: {}'),
    '7 spec.certificates.onDemand allows no host',
    'Add hosts or ask, or remove onDemand.',
  ],
  [
    'certificates on demand by what nobody writes',
    withCertificates('onDemand: { ask: "https://ask.example.com/" }'),
    '7 spec.certificates.onDemand.ask is asked about hosts in the access log, which is off',
    'Set spec.gateway.accessLog to true.',
  ],
  [
    'certificates on demand outside',
    withCertificates('onDemand: { hosts: [a.example.org] }'),
    '7 a.example.org is outside of spec.domains',
    'Add it to spec.domains, or remove it here; the domains are staging.example.com.',
  ],
  [
    'a CA that is shut out',
    withSpec('gateway: { exposure: { sourceRanges: [10.0.0.0/8] } }'),
    '8 spec.gateway.exposure.sourceRanges shuts out Let’s Encrypt, which looks for the challenge from anywhere',
    'Set spec.certificates.challenge to dns-01, use a CA inside these networks, or remove sourceRanges.',
  ],
  [
    'a Component twice',
    withSpec('components: [../../x, ../../x]'),
    '8 spec.components[1] is there twice',
    'Remove it.',
  ],
  [
    'a revision beside a promotion',
    withSpec('sync: { revision: release }', 'promotion: { from: dev }'),
    '8 spec.sync.revision is not for an environment with spec.promotion.from: promotions move environments/staging',
    'Remove spec.sync.revision, or spec.promotion where nothing is to be promoted.',
  ],
  [
    'a promotion from itself',
    withSpec('promotion: { from: staging }'),
    '8 spec.promotion.from is staging itself',
    'Write the environment that runs a commit before this one does.',
  ],
  ['custom/ by hand', withSpec('components: [custom]'), '8 custom/ is switched on by being there', 'Remove it.'],
  [
    'a duration without its unit',
    withCertificates('retention: 30'),
    '7 spec.certificates.retention must be a duration with its unit such as 30s, 5m, 12h or 30d',
    'Write a duration with its unit such as 30s, 5m, 12h or 30d, or leave it out for 30d.',
  ],
  [
    'a schedule that is none',
    withSpec('sync: { windows: [{ kind: allow, schedule: daily, duration: 1h }] }'),
    '8 spec.sync.windows[0].schedule must be a cron schedule of five fields such as 0 6 * * 1-5',
    'Write a cron schedule of five fields such as 0 6 * * 1-5.',
  ],
  [
    'a version of a later release',
    smallest.replace('v1alpha1', 'v2'),
    '1 apiVersion gatefleet.dev/v2 is not one that this release reads',
    'A later release wrote this file: use that one. If the version is a slip, write gatefleet.dev/v1alpha1.',
  ],
])('given %s, says so', (_, text, says, remedy) => {
  const result = parseEnvironment(text, file);
  if (result.kind !== 'invalid') throw new Error('expected mistakes');
  expect(result.errors.map((error) => [`${error.line} ${error.message}`, error.remedy])).toEqual([[says, remedy]]);
});

test.each([
  [
    'source ranges with a CA inside',
    withSpec('gateway: { exposure: { sourceRanges: [10.0.0.0/8] } }').replace(
      '{ email',
      '{ issuers: [{ directory: "https://ca.example.com/dir" }], email',
    ),
  ],
  [
    'source ranges with dns-01',
    withCertificates('challenge: { type: dns-01, route53: {} }').concat(
      '  gateway: { exposure: { sourceRanges: [10.0.0.0/8] } }\n',
    ),
  ],
  [
    'ports of the node that roll',
    withSpec('gateway: { exposure: { type: HostPorts }, rollout: { maxSurge: 0, maxUnavailable: 2 } }'),
  ],
  ['a tenant’s domain below', withSpec('tenancy: [{ domains: [a.staging.example.com], namespaces: [a, b] }]')],
  ['every taint', withSpec('gateway: { tolerations: [{ operator: Exists }] }')],
])('given %s, all is well', (_, text) => {
  expect(parseEnvironment(text, file)).toMatchObject({ kind: 'valid' });
});

test('given many mistakes of every kind, names them all in the order of the file', () => {
  const text = `apiVersion: gatefleet.dev/v1
kind: Environment
metadata: { name: qa }
metadata: { name: qa }
spec:
  domains: [Example.com, ""]
  gateway: { workload: DaemonSet, replicas: 0, autoscaling: { cpu: 200 }, colour: red }
  certificates: { issuers: [{ directory: "https://ca.example.com/dir", caBundle: { configMap: roots } }] }
`;
  const result = parseEnvironment(text, file);
  if (result.kind !== 'invalid') throw new Error('expected mistakes');
  expect(result.errors.map(({ line, path, message }) => `${line} ${path === '' ? message : path}`)).toEqual([
    '1 apiVersion',
    '3 metadata.name',
    '4 a field is given twice',
    '5 spec.cluster',
    '6 spec.domains[0]',
    '6 spec.domains[1]',
    '7 spec.gateway.replicas',
    '7 spec.gateway.replicas',
    '7 spec.gateway.replicas',
    '7 spec.gateway.autoscaling',
    '7 spec.gateway.autoscaling.cpu',
    '7 spec.gateway.colour',
    '8 spec.certificates.email',
    '8 spec.certificates.issuers[0].caBundle.key',
  ]);
});

test('given a file outside any folder, its name is not compared', () => {
  expect(parseEnvironment(smallest, 'environment.yaml').kind).toBe('valid');
});
