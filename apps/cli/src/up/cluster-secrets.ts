import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { peerName, ports, type Layout } from '@gatefleet/local-cluster';
import { ownCluster, type PlannedCluster } from './clusters.ts';

/**
 * What tells Argo CD of each cluster, by the name that the environments have for it.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#clusters
 */
export async function clusterSecrets(planned: readonly PlannedCluster[]): Promise<readonly object[]> {
  const named = planned.filter(({ environment }) => environment.spec.cluster.name !== ownCluster);
  return Promise.all(
    named.map(async ({ environment, index, layout }) => {
      const { name } = environment.spec.cluster;
      return index === 0
        ? ownClusterSecret(name)
        : clusterSecret(name, `https://${peerName(name)}:${ports.firstPeer + index - 1}`, await credentialsIn(layout));
    }),
  );
}

/** The cluster that Argo CD runs in, under a name of an environment's. */
export const ownClusterSecret = (name: string): object =>
  clusterSecret(name, 'https://kubernetes.default.svc', { tlsClientConfig: { insecure: false } });

function clusterSecret(name: string, server: string, config: object): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `cluster-${name}`,
      namespace: 'argocd',
      labels: { 'argocd.argoproj.io/secret-type': 'cluster', 'app.kubernetes.io/part-of': 'gatefleet' },
    },
    type: 'Opaque',
    stringData: { name, server, config: JSON.stringify(config) },
  };
}

async function credentialsIn({ pki }: Layout): Promise<object> {
  const base64 = async (name: string) => (await readFile(join(pki, name))).toString('base64');
  const [caData, certData, keyData] = await Promise.all(['ca.crt', 'argocd.crt', 'argocd.key'].map(base64));
  return { tlsClientConfig: { caData, certData, keyData } };
}
