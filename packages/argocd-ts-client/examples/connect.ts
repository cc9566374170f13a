import { connectArgoCd, connectArgoCdCore, inClusterKubernetes, tlsFromFiles } from 'argocd-ts-client';

/** Through Argo CD's API server, by a token. */
export async function byToken(server: string, token: string, caFile: string) {
  return connectArgoCd({ server, token, tls: await tlsFromFiles({ caFile }) });
}

/** Through Argo CD's API server, as a local user. */
export function byUser(server: string, name: string, password: string) {
  return connectArgoCd({ server, user: { name, password } });
}

/** Through Kubernetes alone, from a Pod of the cluster. */
export async function fromAPod(environment: Readonly<Record<string, string | undefined>>) {
  return connectArgoCdCore(await inClusterKubernetes(environment));
}
