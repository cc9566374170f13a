import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startApiServer, type ApiServer } from '@gatefleet/test-programs';
import {
  ApiException,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  NetworkingV1Api,
  PatchStrategy,
  setHeaderOptions,
  type V1Ingress,
  type V1IngressSpec,
} from '@kubernetes/client-node';
import { admissionOf } from './support/admission.ts';

const prefix = 'traefik.ingress.kubernetes.io';
const service = { name: 'web', port: { number: 80 } };
const http = { paths: [{ path: '/', pathType: 'Prefix', backend: { service } }] };

interface Wish {
  readonly namespace?: string;
  readonly name?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly hosts?: readonly string[];
  readonly spec?: Pick<V1IngressSpec, 'defaultBackend' | 'ingressClassName'>;
}

/** A team's Ingress: of the gateways' class, since that is the cluster's default. */
function ingressOf({ namespace = 'shop', name = 'web', annotations = {}, hosts = ['a.example.com'], spec }: Wish) {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { namespace, name, annotations },
    spec: { rules: hosts.map((host) => ({ ...(host !== '' && { host }), http })), ...spec },
  };
}

const many = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

let server: ApiServer;
let networking: NetworkingV1Api;
/** Two environments: the second proves names by DNS, and its class is nobody's default. */
const environments = [
  [
    'domains: [example.com, example.net]',
    'tenancy:',
    '  - { domains: [shop.example.com], namespaces: [shop, shop-two] }',
    '  - { domains: [pay.shop.example.com], namespaces: [pay] }',
    'certificates: { email: platform@example.com }',
  ],
  [
    'namespace: edge',
    'domains: [edge.example.org]',
    'tenancy:',
    '  - { domains: [shop.edge.example.org, a.shop.edge.example.org], namespaces: [shop] }',
    ...many(200).map((i) => `  - { domains: [t${i}.shop.edge.example.org], namespaces: [t${i}] }`),
    'certificates: { email: a@b.example, challenge: { type: dns-01, cloudflare: { apiToken: { name: cf, key: t } } } }',
  ],
];
/** Made before there was a policy: none of them would pass now. */
const old = ['touched', 'mended', 'finished', 'annotated', 'moved', 'turned'];
const foreign = (name: string): Wish => ({ name, hosts: ['www.other.example'], annotations: { note: 'old' } });

beforeAll(async () => {
  server = await startApiServer(['admin']);
  const config = new KubeConfig();
  const cluster = { name: 'test', server: server.url, caData: Buffer.from(server.ca).toString('base64') };
  config.loadFromClusterAndUser(
    { ...cluster, skipTLSVerify: false },
    { name: 'admin', token: server.tokens.get('admin') ?? '' },
  );
  networking = config.makeApiClient(NetworkingV1Api);
  const objects = (await Promise.all(environments.map(admissionOf))).flat();
  const api = KubernetesObjectApi.makeApiClient(config);
  for (const name of ['shop', 'shop-two', 'pay'])
    await config.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name } } });
  for (const object of objects.filter(({ kind }) => kind === 'IngressClass')) await api.create(object);
  for (const name of old) await api.create(ingressOf(foreign(name)));
  await api.create(ingressOf({ ...foreign('elsewhere'), spec: { ingressClassName: 'other' } }));
  for (const object of objects.filter(({ kind }) => kind !== 'IngressClass')) await api.create(object);
  await untilInForce();
}, 600_000);
afterAll(() => server.stop());

/** The server takes a moment to go by a policy. */
async function untilInForce(): Promise<void> {
  const deadline = performance.now() + 60_000;
  const probes = ['traefik', 'traefik-edge'].map((ingressClassName) => ({
    hosts: ['www.other.example'],
    spec: { ingressClassName },
  }));
  for (const probe of probes) {
    while ((await refusalOf(probe)) === undefined) {
      if (performance.now() > deadline) throw new Error('the policy was never in force');
      await sleep(100);
    }
  }
}

/** What the server says against a new Ingress; undefined where it would take it. */
async function refusalOf(wish: Wish): Promise<string | undefined> {
  const body = ingressOf(wish);
  return refusal(() => networking.createNamespacedIngress({ namespace: body.metadata.namespace, body, dryRun: 'All' }));
}

async function refusal(act: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiException)) throw error;
    const { message } = JSON.parse(String(error.body)) as { message: string };
    return `${error.code} ${message}`;
  }
}

const annotated = (key: string, value: string): Wish => ({ annotations: { [`${prefix}/${key}`]: value } });
const edge = (...hosts: string[]): Wish => ({ hosts, spec: { ingressClassName: 'traefik-edge' } });

test.each<{ given: string; wish: Wish; refused?: string }>([
  { given: 'a host in a domain that is anybody’s', wish: {} },
  { given: 'the domain itself', wish: { hosts: ['example.net'] } },
  { given: 'a host of its own domain', wish: { hosts: ['www.shop.example.com', 'shop.example.com'] } },
  { given: 'a domain that two namespaces have', wish: { namespace: 'shop-two', hosts: ['shop.example.com'] } },
  { given: 'a domain inside another’s', wish: { namespace: 'pay', hosts: ['x.pay.shop.example.com'] } },
  {
    given: 'a host outside the domains',
    wish: { hosts: ['a.example.com', 'www.example.org'] },
    refused: 'The host www.example.org is outside the domains of this environment (example.com, example.net).',
  },
  {
    given: 'a host that only ends like a domain',
    wish: { hosts: ['evilexample.com'] },
    refused: 'evilexample.com is outside',
  },
  {
    given: 'a host of another’s domain',
    wish: { namespace: 'pay', hosts: ['x.pay.shop.example.com', 'www.shop.example.com'] },
    refused: 'The host www.shop.example.com is in a domain, or is a wildcard for one, that belongs to other namespaces',
  },
  {
    given: 'another’s domain itself',
    wish: { namespace: 'pay', hosts: ['shop.example.com'] },
    refused: 'belongs to other',
  },
  {
    given: 'a domain inside its own that is another’s',
    wish: { hosts: ['pay.shop.example.com'] },
    refused: 'belongs to other',
  },
  {
    given: 'a host in upper case',
    wish: { hosts: ['A.example.com'] },
    refused: 'a lowercase RFC 1123 subdomain must',
  },
  { given: 'a host with a dot at its end', wish: { hosts: ['a.example.com.'] }, refused: 'RFC 1123 subdomain' },
  {
    given: 'a wildcard that no certificate can be had for',
    wish: { hosts: ['*.example.net'] },
    refused: 'A wildcard would take',
  },
  { given: 'a wildcard where names are proven by DNS', wish: edge('*.a.shop.edge.example.org') },
  { given: 'a wildcard for another’s domain', wish: edge('*.shop.edge.example.org'), refused: 'is a wildcard for one' },

  {
    given: 'a hundred hosts where two hundred namespaces have a domain each',
    wish: edge(...many(100).map((i) => `host-${i}.a.shop.edge.example.org`)),
  },
  { given: 'a wildcard for all domains', wish: edge('*.example.org'), refused: 'is outside the domains' },
  { given: 'a host of the other environment', wish: edge('a.example.com'), refused: '(edge.example.org).' },
  {
    given: 'no rule but a default backend',
    wish: { hosts: [], spec: { defaultBackend: { service } } },
    refused: 'without rules',
  },
  {
    given: 'a default backend beside rules, which the gateways pass over',
    wish: { spec: { defaultBackend: { service } } },
  },
  { given: 'a rule without a host', wish: { hosts: ['a.example.com', ''] }, refused: 'A rule without a host' },
  {
    given: 'the class in the old annotation',
    wish: { hosts: ['www.example.org'], annotations: { 'kubernetes.io/ingress.class': 'traefik' } },
    refused: 'www.example.org is outside',
  },
  { given: 'another class', wish: { hosts: ['www.example.org'], spec: { ingressClassName: 'other' } } },
  {
    given: 'another class in the old annotation',
    wish: { hosts: ['www.example.org'], annotations: { 'kubernetes.io/ingress.class': 'other' } },
  },
  { given: 'annotations that name nothing', wish: annotated('router.priority', '10') },
  {
    given: 'middlewares of its namespace',
    wish: annotated('router.middlewares', 'shop-strip@kubernetescrd,shop-a.b@kubernetescrd'),
  },
  { given: 'no middleware', wish: annotated('router.middlewares', '') },
  {
    given: 'a middleware of another namespace',
    wish: annotated('router.middlewares', 'shop-strip@kubernetescrd,pay-auth@kubernetescrd'),
    refused: `The annotation ${prefix}/router.middlewares may name middlewares of this namespace alone, as shop-name@kubernetescrd`,
  },
  {
    given: 'one of a namespace whose name begins like its own',
    wish: annotated('router.middlewares', 'shop-two-auth@kubernetescrd'),
    refused: 'may name middlewares',
  },
  {
    given: 'a middleware of the store',
    wish: annotated('router.middlewares', 'redirect@consul'),
    refused: 'may name middlewares',
  },
  {
    given: 'a middleware under a key in other letters',
    wish: annotated('Router.MiddleWares', 'pay-auth@kubernetescrd'),
    refused: 'may name middlewares',
  },
  {
    given: 'a middleware on a second line',
    wish: annotated('router.middlewares', 'shop-strip@kubernetescrd\n,pay-auth@kubernetescrd'),
    refused: 'may name middlewares',
  },
  { given: 'the TLS options of all', wish: annotated('router.tls.options', 'default') },
  {
    given: 'TLS options of another namespace',
    wish: annotated('router.tls.options', 'pay-old@kubernetescrd'),
    refused: 'may name TLS options',
  },
  { given: 'a matcher of paths', wish: annotated('router.pathmatcher', 'PathRegexp') },
  {
    given: 'a matcher that brings a host along',
    wish: annotated('router.pathmatcher', 'Host(`pay.example.com`) || PathPrefix'),
    refused: 'must be Path, PathPrefix or PathRegexp',
  },
])('an Ingress with $given', async ({ given, wish, refused }) => {
  const answer = await refusalOf(wish);
  process.stderr.write(`${given}: ${answer ?? 'taken'}\n`);
  expect(answer).toEqual(refused === undefined ? undefined : expect.stringContaining(refused));
});

/** A merge patch of an Ingress that was there before. */
const patch = (name: string, body: object, part: '' | 'status' = '') => {
  const options = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  const wanted = { namespace: 'shop', name, body };
  return refusal(() =>
    part === 'status'
      ? networking.patchNamespacedIngressStatus(wanted, options)
      : networking.patchNamespacedIngress(wanted, options),
  );
};
const host = (name: string): Pick<V1Ingress, 'spec'> => ({ spec: { rules: [{ host: name, http }] } });
const middleware = { metadata: { annotations: { [`${prefix}/router.middlewares`]: 'pay-auth@kubernetescrd' } } };

test.each<{ given: string; name: string; body: object; part?: 'status'; refused?: string }>([
  { given: 'a label', name: 'touched', body: { metadata: { labels: { a: 'b' } } } },
  { given: 'an annotation of others', name: 'annotated', body: { metadata: { annotations: { note: 'new' } } } },
  { given: 'a finalizer', name: 'finished', body: { metadata: { finalizers: ['example.com/wait'] } } },
  { given: 'the finalizer’s end', name: 'finished', body: { metadata: { finalizers: null } } },
  {
    given: 'the controller’s annotation and an address',
    name: 'touched',
    part: 'status',
    body: {
      metadata: { annotations: { 'gatefleet.dev/certificate-status': 'none' } },
      status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
    },
  },
  { given: 'a middleware of others', name: 'annotated', body: middleware, refused: 'www.other.example is outside' },
  {
    given: 'the same by way of its status',
    name: 'annotated',
    body: middleware,
    part: 'status',
    refused: 'www.other.example is outside',
  },
  { given: 'another host outside', name: 'moved', body: host('www.other.test'), refused: 'www.other.test is outside' },
  { given: 'a host of its own', name: 'mended', body: host('b.example.com') },
  {
    given: 'a host outside again',
    name: 'mended',
    body: host('www.other.example'),
    refused: 'www.other.example is outside',
  },
  { given: 'another class', name: 'turned', body: { spec: { ingressClassName: 'other' } } },
  {
    given: 'our class',
    name: 'elsewhere',
    body: { spec: { ingressClassName: 'traefik' } },
    refused: 'www.other.example is outside',
  },
])('what was there before takes, or not: $given', async ({ given, name, body, part, refused }) => {
  const answer = await patch(name, body, part);
  process.stderr.write(`${name}, ${given}: ${answer ?? 'taken'}\n`);
  expect(answer).toEqual(refused === undefined ? undefined : expect.stringContaining(refused));
});

test('what was there before can be deleted', async () => {
  expect(await refusal(() => networking.deleteNamespacedIngress({ namespace: 'shop', name: 'moved' }))).toBeUndefined();
});
