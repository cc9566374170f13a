import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { render } from '@gatefleet/kustomize';
import { startApiServer } from '@gatefleet/test-programs';
import { ensureTools } from '@gatefleet/toolchain';
import { CoreV1Api, KubeConfig, KubernetesObjectApi, type KubernetesObject } from '@kubernetes/client-node';

const base = join(import.meta.dirname, '../../../base');
/** In the order in which they can be made. */
const kinds = [
  'Namespace',
  'ServiceAccount',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'IngressClass',
  'ConfigMap',
];

/** A real API server with all accounts, rights and settings of base/ and of its Components that add accounts and rights; and with a team's namespace, `shop`. */
export interface BaseRights extends AsyncDisposable {
  readonly admin: KubeConfig;
  /** With a token as a Pod of the account has one. */
  account(name: string, namespace: string): Promise<KubeConfig>;
}

export async function startBaseRights(): Promise<BaseRights> {
  const objects = (await rendered()).filter(({ kind }) => kinds.includes(kind ?? ''));
  const server = await startApiServer(['admin']);
  const configOf = (token: string) => {
    const config = new KubeConfig();
    const caData = Buffer.from(server.ca).toString('base64');
    const cluster = { name: 'test', server: server.url, caData, skipTLSVerify: false };
    config.loadFromClusterAndUser(cluster, { name: 'user', token });
    return config;
  };
  const admin = configOf(server.tokens.get('admin') ?? '');
  const core = admin.makeApiClient(CoreV1Api);
  try {
    const api = KubernetesObjectApi.makeApiClient(admin);
    for (const kind of kinds)
      for (const object of objects.filter((each) => each.kind === kind)) await api.create(object);
    await core.createNamespace({ body: { metadata: { name: 'shop' } } });
    for (const namespace of ['gatefleet', 'shop'])
      await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'default' } } });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    admin,
    async account(name, namespace) {
      const body = { spec: { audiences: [], expirationSeconds: 3_600 } };
      const { status } = await core.createNamespacedServiceAccountToken({ name, namespace, body });
      return configOf(status?.token ?? '');
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

async function rendered(): Promise<readonly KubernetesObject[]> {
  const { kustomize } = await ensureTools(['kustomize']);
  const folder = await mkdtemp(join(tmpdir(), 'gatefleet-rights-'));
  try {
    const kustomization = {
      resources: [relative(folder, base)],
      components: ['on-demand', 'backup'].map((name) => relative(folder, join(base, 'components', name))),
    };
    await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
    return (await render(folder, { kustomize: kustomize.path })).objects;
  } finally {
    await rm(folder, { recursive: true });
  }
}
