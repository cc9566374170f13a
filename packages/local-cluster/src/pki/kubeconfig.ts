import type { KeyPair } from './authority.ts';

/**
 * A kubeconfig (JSON, which is YAML) with one cluster, one user and one context, certificates inline, so that the file
 * stands alone and can be copied.
 */
export function kubeconfig(options: { server: string; authority: string; client: KeyPair; name: string }): string {
  const { server, authority, client, name } = options;
  const base64 = (pem: string) => Buffer.from(pem).toString('base64');
  return `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(authority) } }],
      users: [
        {
          name,
          user: { 'client-certificate-data': base64(client.certificate), 'client-key-data': base64(client.key) },
        },
      ],
      contexts: [{ name, context: { cluster: name, user: name } }],
      'current-context': name,
    },
    undefined,
    2,
  )}\n`;
}
