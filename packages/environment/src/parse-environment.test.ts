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
    environment: {
      apiVersion: 'gatefleet.dev/v1alpha1',
      kind: 'Environment',
      metadata: { name: 'staging' },
      spec: {
        cluster: { name: 'staging-eu' },
        domains: ['staging.example.com'],
        gateway: {
          workload: 'Deployment',
          exposure: { type: 'LoadBalancer', annotations: {}, sourceRanges: [] },
          resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } },
        },
        store: { servers: 3, size: '1Gi' },
        certificates: { issuer: 'letsencrypt', email: 'platform@example.com' },
        sync: { automated: false, repository: 'https://github.com/gatefleet/gatefleet.git', revision: 'main' },
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
    text: withSpec('sync: { windows: [] }'),
    line: 8,
    column: 11,
    found: '[]',
    says: 'spec.sync.windows is not a field',
    remedy: 'Remove it; the fields here are automated, repository, revision.',
  },
  {
    given: 'a required field left out',
    text: smallest.replace('  cluster: { name: staging-eu }\n', ''),
    line: 4,
    column: 1,
    says: 'spec.cluster is missing',
    remedy: 'Add spec.cluster: a mapping of name. Where this environment runs.',
  },
  {
    given: 'an issuer that is none of the known and no directory',
    text: smallest.replace('{ email', '{ issuer: zerossl, email'),
    line: 7,
    column: 27,
    found: '"zerossl"',
    says: 'spec.certificates.issuer must be letsencrypt or letsencrypt-staging or a mapping of directory, caBundle',
    remedy:
      'Write letsencrypt or letsencrypt-staging or a mapping of directory, caBundle, or leave it out for letsencrypt.',
  },
  {
    given: 'a directory without TLS',
    text: smallest.replace('{ email', '{ issuer: { directory: "http://ca.example.com/dir" }, email'),
    line: 7,
    column: 40,
    found: '"http://ca.example.com/dir"',
    says: 'spec.certificates.issuer.directory must be a URL that starts with https://',
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

test('given many mistakes of every kind, names them all in the order of the file', () => {
  const text = `apiVersion: gatefleet.dev/v1
kind: Environment
metadata: { name: qa }
metadata: { name: qa }
spec:
  domains: [Example.com, ""]
  gateway: { workload: DaemonSet, replicas: 0, autoscaling: { cpu: 200 }, colour: red }
  certificates: { issuer: { directory: "https://ca.example.com/dir", caBundle: { configMap: roots } } }
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
    '8 spec.certificates.issuer.caBundle.key',
  ]);
});

test('given a file outside any folder, its name is not compared', () => {
  expect(parseEnvironment(smallest, 'environment.yaml').kind).toBe('valid');
});
