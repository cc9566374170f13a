import { X509Certificate } from 'node:crypto';
import { policiesFolder, startApiServer, type ApiServer } from '@gatefleet/test-programs';
import {
  CoreV1Api,
  DiscoveryV1Api,
  KubeConfig,
  NetworkingV1Api,
  PatchStrategy,
  RbacAuthorizationV1Api,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { consulCertificates } from '../commands/consul-certificates.ts';
import { createSecrets } from '../commands/create-secrets.ts';
import { consulCertificatesVariables, createSecretsVariables } from '../config/environment.ts';
import { issueCertificate } from '../consul-certificates/authority.ts';
import { serverNames } from '../consul-certificates/keep-certificates.ts';
import { certificateLifeMs } from '../consul-certificates/plan-certificates.ts';
import { readAuthorities } from '../consul-certificates/read-certificates.ts';
import { createLogger } from '../log.ts';
import { STATUS_ANNOTATION } from '../wanted/choices.ts';
import { toIngress } from './to-ingress.ts';
import { ingressFor } from '../testing/fake-kubernetes.ts';
import { KubernetesEventWriter } from './event-writer.ts';
import { KubernetesGateways } from './gateway-list.ts';
import { KubernetesNoticeBoard } from './notice-board.ts';
import { KubernetesIngressSource } from './ingress-source.ts';

let server: ApiServer;
let admin: KubeConfig;
const lines: string[] = [];
const log = createLogger('info', { write: (line) => void lines.push(line) });
const namespace = 'gatefleet';
const users = ['acme-controller', 'consul-certificates', 'create-secrets'] as const;
const secretsVariables = createSecretsVariables({
  GATEFLEET_CONSUL_POLICIES_FOLDER: policiesFolder,
});

function configOf(user: string): KubeConfig {
  const config = new KubeConfig();
  const caData = Buffer.from(server.ca).toString('base64');
  const cluster = { name: 'test', server: server.url, caData, skipTLSVerify: false };
  config.loadFromClusterAndUser(cluster, { name: user, token: server.tokens.get(user) ?? '' });
  return config;
}

/** The rights that the README lists, and no more. */
async function grantRights(): Promise<void> {
  const api = admin.makeApiClient(RbacAuthorizationV1Api);
  const to = (kind: 'ClusterRole' | 'Role', user: string) => ({
    metadata: { name: user, namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: user },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  });
  const clusterRules = [
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses/status'], verbs: ['patch'] },
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
  ];
  const certificates = ['consul-ca', 'consul-ca-key', 'consul-server-certificate'];
  const keepsCertificates = {
    apiGroups: [''],
    resources: ['secrets'],
    verbs: ['get', 'update'],
    resourceNames: certificates,
  };
  const rules = {
    'consul-certificates': [keepsCertificates],
    'acme-controller': [{ apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] }],
    'create-secrets': [
      { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
      { apiGroups: [''], resources: ['secrets'], verbs: ['get'], resourceNames: ['gatefleet-encryption-key'] },
      keepsCertificates,
    ],
  };
  await api.createClusterRole({ body: { metadata: { name: 'acme-controller' }, rules: clusterRules } });
  await api.createClusterRoleBinding({ body: to('ClusterRole', 'acme-controller') });
  for (const user of users) {
    await api.createNamespacedRole({ namespace, body: { metadata: { name: user }, rules: rules[user] } });
    await api.createNamespacedRoleBinding({ namespace, body: to('Role', user) });
  }
}

beforeAll(async () => {
  server = await startApiServer(['admin', ...users]);
  admin = configOf('admin');
  const core = admin.makeApiClient(CoreV1Api);
  for (const name of [namespace, 'shop']) await core.createNamespace({ body: { metadata: { name } } });
  await grantRights();
}, 900_000);
afterAll(() => server.stop());

const ingressBody = (name: string, host: string) => ({
  metadata: { name },
  spec: {
    ingressClassName: 'traefik',
    rules: [{ host }],
    defaultBackend: { service: { name: 'web', port: { number: 80 } } },
  },
});

/** Comes back when the source shows these hosts. */
async function showing(source: KubernetesIngressSource, hosts: readonly string[]): Promise<void> {
  const done = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = () => {
    const seen = source.current()?.flatMap((ingress) => ingress.hosts);
    if (seen !== undefined && seen.toSorted().join() === hosts.toSorted().join()) resolve();
  };
  source.onChange(look, done.signal);
  look();
  await promise;
  done.abort();
}

test('Ingresses are listed, followed, and followed again after the API server crashed', async () => {
  const api = admin.makeApiClient(NetworkingV1Api);
  const stop = new AbortController();
  const source = new KubernetesIngressSource(configOf('acme-controller'), log);
  const done = source.run(stop.signal);
  expect(source.current()).toBeUndefined();
  await showing(source, []);
  await api.createNamespacedIngress({ namespace: 'shop', body: ingressBody('a', 'a.example.com') });
  await api.createNamespacedIngress({ namespace: 'shop', body: ingressBody('b', 'b.example.com') });
  await showing(source, ['a.example.com', 'b.example.com']);
  await api.deleteNamespacedIngress({ namespace: 'shop', name: 'a' });
  await showing(source, ['b.example.com']);
  expect(source.current()?.[0]).toMatchObject({ namespace: 'shop', name: 'b', className: 'traefik' });

  await server.restart();
  expect(source.current()).toHaveLength(1);
  await api.createNamespacedIngress({ namespace: 'shop', body: ingressBody('c', 'c.example.com') });
  await showing(source, ['b.example.com', 'c.example.com']);
  stop.abort();
  await done;
}, 120_000);

test('a notice becomes one Event, however often it is posted and by whom', async () => {
  const api = admin.makeApiClient(CoreV1Api);
  const notice = {
    ingress: ingressFor([], { name: 'web' }),
    type: 'Warning' as const,
    reason: 'ForeignDomain',
    message: 'No certificate for x.example.org: it is outside the domains of this environment (example.com).',
  };
  for (const identity of ['one', 'two']) {
    const writer = new KubernetesEventWriter(configOf('acme-controller'), identity, log);
    writer.post(notice);
    writer.post(notice);
  }
  const other = new KubernetesEventWriter(configOf('acme-controller'), 'two', log);
  other.post({ ...notice, reason: 'HostTaken', message: 'another' });
  let events: readonly { reason?: string; type?: string; message?: string }[] = [];
  while (events.length < 2) events = (await api.listNamespacedEvent({ namespace: 'shop' })).items;
  expect(events.map(({ reason }) => reason).toSorted()).toEqual(['ForeignDomain', 'HostTaken']);
  expect(events.find(({ reason }) => reason === 'ForeignDomain')).toMatchObject({
    type: 'Warning',
    message: notice.message,
    involvedObject: { kind: 'Ingress', name: 'web', namespace: 'shop' },
  });
}, 60_000);

test('an Ingress is annotated once, with no right to change what it routes', async () => {
  const api = admin.makeApiClient(NetworkingV1Api);
  const body = ingressBody('told', 'told.example.com');
  const made = toIngress(await api.createNamespacedIngress({ namespace: 'shop', body }));
  const read = () => api.readNamespacedIngress({ namespace: 'shop', name: 'told' });
  const board = new KubernetesNoticeBoard(configOf('acme-controller'), 'one', log);
  board.show(made, 'told.example.com: failed, see its Events');
  board.show(made, 'told.example.com: valid until 2026-08-31T09:00:00.000Z');
  board.show({ ...made, uid: 'of-another' }, 'never');
  let now = await read();
  while (toIngress(now).annotations[STATUS_ANNOTATION] === undefined) now = await read();
  const shown = toIngress(now);
  expect(shown.annotations[STATUS_ANNOTATION]).toBe('told.example.com: valid until 2026-08-31T09:00:00.000Z');
  expect(shown).toMatchObject({ hosts: ['told.example.com'], uid: made.uid });
  board.show(shown, undefined);
  while (toIngress(now).annotations[STATUS_ANNOTATION] !== undefined) now = await read();

  const mine = configOf('acme-controller').makeApiClient(NetworkingV1Api);
  const asMerge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  const other = { namespace: 'shop', name: 'told', body: { spec: { rules: [{ host: 'other.example.com' }] } } };
  await expect(mine.patchNamespacedIngress(other, asMerge)).rejects.toMatchObject({ code: 403 });
  await mine.patchNamespacedIngressStatus(other, asMerge);
  expect(toIngress(await read()).hosts).toEqual(['told.example.com']);
  await api.deleteNamespacedIngress({ namespace: 'shop', name: 'told' });
}, 60_000);

test('gateways are read from the EndpointSlices of their Service, and then followed', async () => {
  const api = admin.makeApiClient(DiscoveryV1Api);
  const endpoint = (pod: string, address: string, ready: boolean) => ({
    addresses: [address],
    nodeName: 'node-1',
    conditions: { ready },
    targetRef: { kind: 'Pod', name: pod, namespace },
  });
  const slice = (name: string, service: string, port: number) => ({
    metadata: { name, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [{ name: 'websecure', port, protocol: 'TCP' }],
    endpoints: [
      endpoint('traefik-b', '10.0.0.2', true),
      endpoint('traefik-a', '10.0.0.1', true),
      endpoint('traefik-c', '10.0.0.3', false),
    ],
  });
  await api.createNamespacedEndpointSlice({ namespace, body: slice('traefik-1', 'traefik', 8443) });
  await api.createNamespacedEndpointSlice({ namespace, body: slice('other-1', 'other', 8443) });
  await api.createNamespacedEndpointSlice({ namespace, body: slice('traefik-2', 'traefik', 8080) });
  const options = { namespace, service: 'traefik', port: 8443, log };
  const [followed, stop] = [new KubernetesGateways(configOf('acme-controller'), options), new AbortController()];
  const list = async () => (await followed.list(AbortSignal.timeout(10_000))).map(({ pod }) => pod);
  const { signal } = stop;
  expect(await followed.list(signal)).toEqual([
    { pod: 'traefik-a', node: 'node-1', host: '10.0.0.1', port: 8443 },
    { pod: 'traefik-b', node: 'node-1', host: '10.0.0.2', port: 8443 },
  ]);

  const done = followed.run(signal);
  await api.deleteNamespacedEndpointSlice({ namespace, name: 'traefik-1' });
  while ((await list()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await api.createNamespacedEndpointSlice({ namespace, body: slice('traefik-3', 'traefik', 8443) });
  while ((await list()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const before = (await server.requests('acme-controller')).length;
  for (let times = 0; times < 50; times += 1) await list();
  expect((await server.requests('acme-controller')).length).toBe(before);
  stop.abort();
  await done;
}, 60_000);

test('key and tokens are made once, kept, and shown nowhere', async () => {
  const api = admin.makeApiClient(CoreV1Api);
  const names = [
    'consul-ca',
    'consul-ca-key',
    'consul-gossip-key',
    'consul-management-token',
    'consul-server-certificate',
    ...['backup', 'leader', 'monitoring', 'responder', 'server', 'storeconfig', 'traefik'].map(
      (name) => `consul-token-${name}`,
    ),
    'gatefleet-backup-passphrase',
    'gatefleet-encryption-key',
  ];
  const run = () =>
    createSecrets(secretsVariables, {
      config: configOf('create-secrets'),
      log,
      signal: AbortSignal.timeout(30_000),
    });
  const read = async () => {
    const { items } = await api.listNamespacedSecret({ namespace });
    const values = items.flatMap(({ metadata, data = {} }) =>
      Object.entries(data).map(([key, value]) => [`${metadata?.name} ${key}`, Buffer.from(value, 'base64').toString()]),
    );
    return {
      names: items.map(({ metadata }) => metadata?.name ?? ''),
      values: Object.fromEntries(values) as Record<string, string>,
    };
  };
  await run();
  const made = await read();
  expect(made.names.toSorted()).toEqual(names);
  const { values } = made;
  expect(Buffer.from(values['gatefleet-encryption-key keys'] ?? '', 'base64')).toHaveLength(32);
  const management = values['consul-management-token token'] ?? '';
  expect(JSON.parse(values['consul-management-token config.json'] ?? '')).toEqual({
    acl: { tokens: { initial_management: management } },
  });
  expect(JSON.parse(values['consul-token-server config.json'] ?? '')).toEqual({
    acl: { tokens: { agent: values['consul-token-server token'] } },
  });
  const lists = Object.entries(values).filter(([key]) => /(tokens|keys)$/.test(key));
  expect(lists).toHaveLength(10);
  expect(new Set(lists.map(([, list]) => list)).size).toBe(lists.length);
  await run();
  expect(await read()).toEqual(made);
  for (const value of Object.values(values)) {
    expect(lines.join('')).not.toContain(value);
    expect(lines.join('')).not.toContain(Buffer.from(value).toString('base64'));
  }
}, 60_000);

test('a certificate near its end is replaced, one that is not is left alone, and the CA is replaced step by step', async () => {
  const api = admin.makeApiClient(CoreV1Api);
  const read = async (name: string) => (await api.readNamespacedSecret({ namespace, name })).data ?? {};
  const text = (data: Record<string, string>, key: string) => Buffer.from(data[key] ?? '', 'base64').toString();
  const state = async () => {
    const [ca, shown] = [await read('consul-ca'), await read('consul-server-certificate')];
    const trusted = text(ca, 'ca.crt').match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? [];
    const own = new X509Certificate(text(shown, 'tls.crt'));
    const by = trusted.findIndex((pem) => own.verify(new X509Certificate(pem).publicKey));
    return { trusted, serial: own.serialNumber, by };
  };
  const run = async (step?: string) => {
    const variables = consulCertificatesVariables({ GATEFLEET_ROTATION_STEP: step });
    const signal = AbortSignal.timeout(30_000);
    await consulCertificates(variables, { config: configOf('consul-certificates'), log, signal });
    return state();
  };
  const made = await state();
  expect([made.trusted.length, made.by]).toEqual([1, 0]);
  expect(await run()).toEqual(made);

  const [authority] = readAuthorities(text(await read('consul-ca-key'), 'authorities.pem'));
  if (authority === undefined) throw new Error('there is no CA');
  const sixtyDaysAgo = new Date(Date.now() - 60 * 86_400_000);
  const old = await issueCertificate(authority, serverNames(namespace), {
    now: sixtyDaysAgo,
    lifeMs: certificateLifeMs,
  });
  const stringData = { 'tls.crt': old.certificate, 'tls.key': old.key };
  const metadata = { name: 'consul-server-certificate', namespace };
  await api.replaceNamespacedSecret({ ...metadata, body: { metadata, type: 'kubernetes.io/tls', stringData } });
  const renewed = await run();
  expect(renewed).toMatchObject({ trusted: made.trusted, by: 0 });
  expect(renewed.serial).not.toBe(new X509Certificate(old.certificate).serialNumber);

  const added = await run('authority');
  expect(added).toEqual({ ...renewed, trusted: [made.trusted[0], expect.any(String)] });
  const changed = await run('certificate');
  expect(changed).toMatchObject({ trusted: added.trusted, by: 1 });
  expect(await run('finish')).toEqual({ ...changed, trusted: added.trusted.slice(1), by: 0 });
  const keys = await read('consul-ca-key');
  expect(readAuthorities(text(keys, 'authorities.pem'))).toHaveLength(1);
  for (const { key } of [authority, old]) expect(lines.join('')).not.toContain(key.split('\n')[1]);
}, 60_000);

test('a Secret with a bad key is refused, and left as it is', async () => {
  const core = admin.makeApiClient(CoreV1Api);
  await core.deleteNamespacedSecret({ namespace, name: 'gatefleet-encryption-key' });
  const body = { metadata: { name: 'gatefleet-encryption-key' }, stringData: { keys: 'short' } };
  await core.createNamespacedSecret({ namespace, body });
  const context = { config: configOf('create-secrets'), log, signal: AbortSignal.timeout(30_000) };
  await expect(createSecrets(secretsVariables, context)).rejects.toMatchObject({ code: 'BAD_KEY' });
}, 60_000);

test('without the right, the error names the call and the status, not the request', async () => {
  const context = { config: configOf('acme-controller'), log, signal: AbortSignal.timeout(30_000) };
  await expect(createSecrets(secretsVariables, context)).rejects.toMatchObject({
    code: 403,
    message: 'reading Secret gatefleet/gatefleet-encryption-key: the API server answered 403',
  });
}, 60_000);
