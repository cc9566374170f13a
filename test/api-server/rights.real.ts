import {
  AuthorizationV1Api,
  CoreV1Api,
  PatchStrategy,
  setHeaderOptions,
  type KubeConfig,
  type V1ResourceAttributes,
  type V1ResourceRule,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startBaseRights, type BaseRights } from './support/base-rights.ts';

let rights: BaseRights;
/** What Kubernetes gives to every ServiceAccount. */
let everyones: readonly string[];

beforeAll(async () => {
  rights = await startBaseRights();
  everyones = await rightsOf(await rights.account('default', 'shop'), 'shop');
}, 600_000);
afterAll(async () => {
  await rights[Symbol.asyncDispose]();
});

/** As `kubectl auth can-i --list` shows them, a line each. */
async function rightsOf(config: KubeConfig, namespace: string): Promise<readonly string[]> {
  const api = config.makeApiClient(AuthorizationV1Api);
  const { status } = await api.createSelfSubjectRulesReview({ body: { spec: { namespace } } });
  if (status === undefined || status.incomplete) throw new Error(`the rights in ${namespace} are not known in full`);
  return status.resourceRules.flatMap(linesOf);
}

function linesOf({ verbs, resources = [], apiGroups = [], resourceNames = [''] }: V1ResourceRule): readonly string[] {
  const kinds = resources.flatMap((resource) =>
    apiGroups.map((group) => (group === '' ? resource : `${resource}.${group}`)),
  );
  return verbs.flatMap((verb) =>
    kinds.flatMap((kind) => resourceNames.map((name) => [verb, kind, name].join(' ').trim())),
  );
}

const without = (known: readonly string[], lines: readonly string[]) => lines.filter((line) => !known.includes(line));

const accounts = [
  {
    account: 'acme-controller',
    everywhere: [
      'create events',
      'get ingresses.networking.k8s.io',
      'list ingresses.networking.k8s.io',
      'patch events',
      'patch ingresses/status.networking.k8s.io',
      'watch ingresses.networking.k8s.io',
    ],
    own: [
      'get pods/log',
      'get secrets gatefleet-certificate-transfer',
      'list configmaps',
      'list endpointslices.discovery.k8s.io',
      'patch configmaps',
      'patch secrets gatefleet-certificate-transfer',
      'watch configmaps',
      'watch endpointslices.discovery.k8s.io',
    ],
  },
  { account: 'consul', everywhere: [], own: [] },
  { account: 'consul-acl', everywhere: [], own: [] },
  { account: 'consul-backup', everywhere: [], own: [] },
  {
    account: 'consul-certificates',
    everywhere: [],
    own: [
      'get secrets consul-ca',
      'get secrets consul-ca-key',
      'get secrets consul-server-certificate',
      'update secrets consul-ca',
      'update secrets consul-ca-key',
      'update secrets consul-server-certificate',
    ],
  },
  {
    account: 'create-secrets',
    everywhere: [],
    own: [
      'create secrets',
      'get secrets consul-ca',
      'get secrets consul-ca-key',
      'get secrets consul-server-certificate',
      'get secrets gatefleet-encryption-key',
      'update secrets consul-ca',
      'update secrets consul-ca-key',
      'update secrets consul-server-certificate',
    ],
  },
  { account: 'default', everywhere: [], own: [] },
  { account: 'storeconfig', everywhere: [], own: [] },
  {
    account: 'traefik',
    everywhere: [
      'list endpointslices.discovery.k8s.io',
      'list ingressclasses.networking.k8s.io',
      'list ingresses.networking.k8s.io',
      'list nodes',
      'list secrets', // see gateway-rights.real.ts
      'list services',
      'update ingresses/status.networking.k8s.io',
      'watch endpointslices.discovery.k8s.io',
      'watch ingressclasses.networking.k8s.io',
      'watch ingresses.networking.k8s.io',
      'watch nodes',
      'watch secrets',
      'watch services',
    ],
    own: [],
  },
];

test.each(accounts)('$account has the rights that it needs and no more', async ({ account, everywhere, own }) => {
  const config = await rights.account(account, 'gatefleet');
  const elsewhere = without(everyones, await rightsOf(config, 'shop'));
  const here = without([...everyones, ...elsewhere], await rightsOf(config, 'gatefleet'));
  expect({ everywhere: elsewhere.toSorted(), own: here.toSorted() }).toEqual({ everywhere, own });
});

test('no account of the base is left out', async () => {
  const { items } = await rights.admin
    .makeApiClient(CoreV1Api)
    .listNamespacedServiceAccount({ namespace: 'gatefleet' });
  expect(items.map(({ metadata }) => metadata?.name)).toEqual(accounts.map(({ account }) => account));
});

/** `verb kind[/subresource][.group] [namespace[/name]]`; without a namespace in all of them. */
function attributesOf(attempt: string): V1ResourceAttributes {
  const parts =
    /^(?<verb>\S+) (?<resource>[a-z]+)(\/(?<subresource>[a-z]+))?(\.(?<group>\S+))?( (?<namespace>[^/]+)(\/(?<name>\S+))?)?$/;
  return { ...parts.exec(attempt)?.groups };
}

test.each([
  { attempt: 'list secrets', by: ['traefik'] },
  { attempt: 'get secrets', by: [] },
  { attempt: 'get secrets shop/tls', by: [] },
  { attempt: 'get secrets gatefleet/consul-management-token', by: [] },
  { attempt: 'get secrets gatefleet/consul-token-leader', by: [] },
  { attempt: 'get secrets gatefleet/consul-ca-key', by: ['consul-certificates', 'create-secrets'] },
  { attempt: 'update secrets gatefleet/consul-ca', by: ['consul-certificates', 'create-secrets'] },
  { attempt: 'get secrets gatefleet/gatefleet-encryption-key', by: ['create-secrets'] },
  { attempt: 'patch secrets gatefleet/gatefleet-encryption-key', by: [] },
  { attempt: 'delete secrets gatefleet/consul-management-token', by: [] },
  { attempt: 'create secrets shop', by: [] },
  { attempt: 'create serviceaccounts/token gatefleet/traefik', by: [] },
  { attempt: 'create pods gatefleet', by: [] },
  { attempt: 'create pods shop', by: [] },
  { attempt: 'create pods/exec gatefleet/consul-0', by: [] },
  { attempt: 'patch deployments.apps gatefleet/traefik', by: [] },
  { attempt: 'patch statefulsets.apps gatefleet/consul', by: [] },
  { attempt: 'delete networkpolicies.networking.k8s.io gatefleet/default-deny', by: [] },
  { attempt: 'create ingresses.networking.k8s.io shop', by: [] },
  { attempt: 'patch ingresses.networking.k8s.io shop/web', by: [] },
  { attempt: 'create rolebindings.rbac.authorization.k8s.io gatefleet', by: [] },
  { attempt: 'escalate clusterroles.rbac.authorization.k8s.io', by: [] },
  { attempt: 'impersonate users', by: [] },
])('$attempt: allowed to $by alone', async ({ attempt, by }) => {
  const may: string[] = [];
  for (const { account } of accounts) {
    const api = (await rights.account(account, 'gatefleet')).makeApiClient(AuthorizationV1Api);
    const body = { spec: { resourceAttributes: attributesOf(attempt) } };
    const { status } = await api.createSelfSubjectAccessReview({ body });
    process.stderr.write(`${account}: ${attempt}: ${status?.allowed ? 'allowed' : 'refused'}\n`);
    if (status?.allowed) may.push(account);
  }
  expect(may).toEqual(by);
});

test.each(['consul-closed', 'consul-policies'])(
  'the controller, which may patch ConfigMaps, cannot change the data of %s',
  async (generated) => {
    const { items } = await rights.admin.makeApiClient(CoreV1Api).listNamespacedConfigMap({ namespace: 'gatefleet' });
    const name = items.find(({ metadata }) => metadata?.name?.startsWith(`${generated}-`))?.metadata?.name ?? '';
    const controller = (await rights.account('acme-controller', 'gatefleet')).makeApiClient(CoreV1Api);
    const patch = (body: object) =>
      controller.patchNamespacedConfigMap(
        { name, namespace: 'gatefleet', body },
        setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
      );
    await patch({ metadata: { annotations: { note: 'from the controller' } } });
    await expect(patch({ data: { more: 'acl = "write"' } })).rejects.toMatchObject({
      code: 422,
      body: expect.stringContaining('immutable'),
    });
  },
);
