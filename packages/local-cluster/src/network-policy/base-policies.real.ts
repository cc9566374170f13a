import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { V1PodSpec } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { clusterDns } from '../addresses.ts';
import { NodeNetwork, owners } from '../testing/node-network.ts';
import type { Attempt } from '../testing/pod-process.ts';
import { endpointOf } from './endpoint.ts';
import type { NetworkPolicy } from './policy-rules.ts';
import { rulesetText } from './ruleset.ts';

jest.setTimeout(120_000);

interface Template {
  readonly metadata: { readonly labels: Record<string, string> };
  readonly spec: V1PodSpec;
}
interface Manifest extends NetworkPolicy {
  readonly kind: string;
  /** Not what a kustomization.yaml has. */
  readonly metadata?: { readonly name: string };
}

const base = join(import.meta.dirname, '../../../../base');
const manifestsIn = (pattern: string): readonly Manifest[] =>
  globSync(pattern, { cwd: base }).flatMap((file) =>
    parseAllDocuments(readFileSync(join(base, file), 'utf8')).map((document) => document.toJS() as Manifest),
  );
const inNamespace = (policy: Manifest): NetworkPolicy => ({
  ...policy,
  metadata: { ...policy.metadata, namespace: 'gatefleet' },
});
const isPolicy = ({ kind }: Manifest) => kind === 'NetworkPolicy';
const own = manifestsIn('*/*.yaml').concat(manifestsIn('*.yaml'), manifestsIn('components/backup/*.yaml'));
const monitoring = manifestsIn('components/monitoring/networkpolicy.yaml');

const templateOf = (name: string): Template => {
  const found = own.find(
    ({ kind, metadata }) => metadata?.name === name && ['CronJob', 'Deployment', 'StatefulSet', 'Job'].includes(kind),
  );
  const spec = found?.spec as unknown as { template: Template } | { jobTemplate: { spec: { template: Template } } };
  return 'template' in spec ? spec.template : spec.jobTemplate.spec.template;
};
const other = (labels: Record<string, string>, port?: number): Template => ({
  metadata: { labels },
  spec: { containers: [{ name: 'app', ...(port === undefined ? {} : { ports: [{ containerPort: port }] }) }] },
});

/** Two of those that run twice: one tries, at the other it is tried. */
const pods: Readonly<Record<string, readonly [address: string, namespace: string, template: Template]>> = {
  gateway: ['10.100.1.1', 'gatefleet', templateOf('traefik')],
  'gateway-2': ['10.100.2.1', 'gatefleet', templateOf('traefik')],
  store: ['10.100.1.2', 'gatefleet', templateOf('consul')],
  'store-2': ['10.100.2.2', 'gatefleet', templateOf('consul')],
  controller: ['10.100.1.3', 'gatefleet', templateOf('acme-controller')],
  'controller-2': ['10.100.2.3', 'gatefleet', templateOf('acme-controller')],
  storeconfig: ['10.100.1.4', 'gatefleet', templateOf('storeconfig')],
  'create-secrets': ['10.100.1.5', 'gatefleet', templateOf('create-secrets')],
  team: ['10.100.1.6', 'team', other({ app: 'web' }, 8080)],
  'posing-team': ['10.100.1.7', 'team', other({ 'app.kubernetes.io/name': 'traefik' })],
  prometheus: ['10.100.1.8', 'monitoring', other({ 'app.kubernetes.io/name': 'prometheus' })],
  'posing-prometheus': ['10.100.1.9', 'team', other({ 'app.kubernetes.io/name': 'prometheus' })],
  agent: ['10.100.1.10', 'kube-system', other({ 'k8s-app': 'konnectivity-agent' })],
  'consul-acl': ['10.100.1.11', 'gatefleet', templateOf('consul-acl')],
  'consul-certificates': ['10.100.1.12', 'gatefleet', templateOf('consul-certificates')],
  'consul-backup': ['10.100.1.13', 'gatefleet', templateOf('consul-backup')],
};

const to = (pod: string, port: number, protocol: 'tcp' | 'udp' = 'tcp'): Attempt => ({
  host: pods[pod]?.[0] ?? '',
  port,
  protocol,
});
const goals: Readonly<Record<string, Attempt>> = {
  http: to('gateway-2', 8000),
  https: to('gateway-2', 8443),
  'gateway-api': to('gateway-2', 8080),
  'store-http': to('store-2', 8501),
  'store-rpc': to('store-2', 8300),
  'store-gossip': to('store-2', 8301),
  'store-gossip-udp': to('store-2', 8301, 'udp'),
  challenge: to('controller-2', 8402),
  status: to('controller-2', 8403),
  team: to('team', 8080),
  dns: { host: '10.100.0.2', port: 53, protocol: 'udp' },
  'api-server': { host: '10.100.0.1', port: 6443, protocol: 'tcp' },
  ca: { host: '10.100.0.1', port: 443, protocol: 'tcp' },
  elsewhere: { host: '10.100.0.1', port: 9999, protocol: 'tcp' },
};
const anybody = 'http https team dns api-server ca elsewhere';

const listeners = (name: string): readonly string[] => {
  const address = pods[name]?.[0];
  const served = Object.values(goals).filter(({ host }) => host === address);
  return [...new Set(served.map(({ port, protocol }) => `:${port}/${protocol}`))];
};

describe.each(owners)('the NetworkPolicies of the base, on nodes of %s', (owner) => {
  let network: NodeNetwork;
  const enforce = (policies: readonly Manifest[]) =>
    network.applyRuleset(
      rulesetText({
        policies: policies.filter(isPolicy).map(inNamespace),
        namespaces: ['gatefleet', 'team', 'monitoring', 'kube-system'].map((name) => ({
          metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
        })),
        pods: Object.values(pods).map(([address, namespace, { metadata, spec }]) =>
          endpointOf({ metadata: { namespace, labels: metadata.labels }, spec }, address),
        ),
        standIns: [clusterDns(network.addresses)],
        nodes: network.nodes,
        ownAddresses: [network.addresses.host],
      }),
    );
  const reached = async (from: string): Promise<string> => {
    const process = from === 'outside' ? 'node' : from;
    const options = from === 'outside' ? { from: network.addresses.outside } : {};
    const tries = Object.entries(goals).map(async ([name, attempt]) =>
      (await network.reaches(process, { ...attempt, ...options })) ? [name] : [],
    );
    return (await Promise.all(tries)).flat().join(' ');
  };

  beforeAll(async () => {
    network = await NodeNetwork.open(owner);
    const atHost = ['10.100.0.2:53/udp', '10.100.0.1:6443/tcp', '10.100.0.1:443/tcp', '10.100.0.1:9999/tcp'];
    await network.addProcess('node', atHost);
    for (const [name, [address]] of Object.entries(pods)) await network.addPod(name, address, listeners(name));
    await enforce(own);
  });
  afterAll(() => network.close());

  test.each([
    { who: 'outside', reaches: anybody },
    { who: 'gateway', reaches: 'http https store-http challenge team dns api-server ca' },
    { who: 'controller', reaches: 'http https store-http dns api-server ca' },
    { who: 'store', reaches: 'store-rpc store-gossip store-gossip-udp dns' },
    { who: 'storeconfig', reaches: 'store-http dns' },
    { who: 'consul-acl', reaches: 'store-http dns' },
    { who: 'consul-backup', reaches: 'store-http dns' },
    { who: 'create-secrets', reaches: 'dns api-server ca' },
    { who: 'consul-certificates', reaches: 'dns api-server ca' },
    { who: 'team', reaches: anybody },
    { who: 'posing-team', reaches: anybody },
    { who: 'prometheus', reaches: anybody },
    { who: 'agent', reaches: 'http https status team dns api-server ca elsewhere' },
    { who: 'node', reaches: Object.keys(goals).join(' ') },
  ])('$who reaches $reaches, and nothing else', async ({ who, reaches }) => {
    expect(await reached(who)).toBe(reaches);
  });

  test('with the Component monitoring Prometheus reaches metrics, and nobody that is only called so', async () => {
    await enforce([...own, ...monitoring]);
    const metrics = 'http https gateway-api store-http status team dns api-server ca elsewhere';
    expect(await reached('prometheus')).toBe(metrics);
    expect(await reached('posing-prometheus')).toBe(anybody);
    expect(await reached('team')).toBe(anybody);
  });
});
