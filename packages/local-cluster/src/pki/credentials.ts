import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  clusterDomain,
  outsideNames,
  peerName,
  ports,
  publicAcmeNames,
  type Addresses,
  type NodeAddress,
} from '../addresses.ts';
import type { Layout } from '../layout.ts';
import { createAuthority, type Identity, type KeyPair } from './authority.ts';
import { kubeconfig } from './kubeconfig.ts';

/** Certificates and kubeconfigs of a cluster, each component's own, as files that only the user can read. */
export interface Credentials {
  /** The cluster CA's certificate, PEM. */
  readonly authority: string;
  /** The user's own, for probing and for the kubeconfig. */
  readonly admin: KeyPair;
  /** Paths by name: `<name>.crt` and `<name>.key`. */
  readonly file: (name: string) => { readonly certificate: string; readonly key: string };
  readonly authorityFile: string;
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
  readonly kubeconfigOf: (name: string) => string;
}

/** User names and groups that Kubernetes' own bootstrap policy knows, and one of ours for the cluster's own controllers. */
const clients: Readonly<Record<string, Identity>> = {
  admin: { commonName: 'gatefleet-admin', organizations: ['system:masters'] },
  'kube-controller-manager': { commonName: 'system:kube-controller-manager' },
  'kube-scheduler': { commonName: 'system:kube-scheduler' },
  'kube-proxy': { commonName: 'system:kube-proxy' },
  coredns: { commonName: 'gatefleet:coredns' },
  argocd: { commonName: 'gatefleet:argocd' },
  'local-cluster': { commonName: 'gatefleet:local-cluster' },
};

/**
 * Makes everything new: a cluster's identities live as long as the cluster.
 *
 * @param name - of the cluster, and of the context in the user's kubeconfig.
 */
export async function createCredentials(
  layout: Layout,
  name: string,
  addresses: Addresses,
  nodes: readonly NodeAddress[],
  apiServerPort: number,
): Promise<Credentials> {
  await mkdir(layout.pki, { recursive: true, mode: 0o700 });
  const authority = await createAuthority('gatefleet-local-cluster');
  const write = (name: string, text: string) => writeFile(join(layout.pki, name), text, { mode: 0o600 });
  const file = (name: string) => ({
    certificate: join(layout.pki, `${name}.crt`),
    key: join(layout.pki, `${name}.key`),
  });
  const kubeconfigOf = (name: string) => join(layout.pki, `${name}.kubeconfig`);
  const authorityFile = join(layout.pki, 'ca.crt');
  await write('ca.crt', authority.certificate);
  await writeFile(layout.authority, authority.certificate);

  const issue = async (name: string, identity: Identity): Promise<KeyPair> => {
    const pair = await authority.issue(identity);
    await write(`${name}.crt`, pair.certificate);
    await write(`${name}.key`, pair.key);
    return pair;
  };
  const inside = `https://${addresses.host}:${ports.apiServer}`;
  const pairs = new Map<string, KeyPair>();
  for (const [user, identity] of Object.entries(clients)) pairs.set(user, await issue(user, identity));
  for (const { name: node } of nodes) {
    pairs.set(node, await issue(node, { commonName: `system:node:${node}`, organizations: ['system:nodes'] }));
  }
  for (const [user, client] of pairs) {
    const text = kubeconfig({ server: inside, authority: authority.certificate, client, name: user });
    await writeFile(kubeconfigOf(user), text, { mode: 0o600 });
  }
  for (const { name: node, address } of nodes) {
    await issue(`${node}-serving`, { commonName: node, dnsNames: [node], addresses: [address] });
  }
  await issue('etcd', { commonName: 'etcd', dnsNames: ['localhost'], addresses: ['127.0.0.1'] });
  await issue('apiserver-etcd-client', { commonName: 'kube-apiserver' });
  await issue('apiserver-kubelet-client', { commonName: 'gatefleet:kube-apiserver' });
  await issue('front-proxy-client', { commonName: 'front-proxy-client' });
  await issue('apiserver', {
    commonName: 'kube-apiserver',
    dnsNames: [
      'localhost',
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      `kubernetes.default.svc.${clusterDomain}`,
      peerName(name),
    ],
    addresses: [addresses.host, addresses.kubernetesService, '127.0.0.1'],
  });
  await issue('acme', {
    commonName: outsideNames.acme,
    dnsNames: [outsideNames.acme, ...publicAcmeNames],
    addresses: [addresses.host],
  });

  const serviceAccount = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  await write('service-account.key', serviceAccount.privateKey);
  await write('service-account.pub', serviceAccount.publicKey);

  const admin = pairs.get('admin');
  if (admin === undefined) throw new Error('the admin has no certificate');
  await writeFile(
    layout.kubeconfig,
    kubeconfig({
      server: `https://127.0.0.1:${apiServerPort}`,
      authority: authority.certificate,
      client: admin,
      name,
    }),
    { mode: 0o600 },
  );
  return {
    authority: authority.certificate,
    admin,
    file,
    authorityFile,
    kubeconfigOf,
    serviceAccountKey: join(layout.pki, 'service-account.key'),
    serviceAccountPublicKey: join(layout.pki, 'service-account.pub'),
  };
}
