import { gzipSync } from 'node:zlib';

/*
 * Files as other programs write them, put together here from what those programs document, and not from our readers. Keys that no reader
 * asks for are there too, as they are in true files.
 */

export interface Entry {
  /** PEM. */
  readonly chain: string;
  readonly privateKey: string;
  readonly names: readonly string[];
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const accountKey = base64('not a key of a certificate');

/** Traefik 2 and 3: json.MarshalIndent of `map[string]*StoredData`. */
export function traefikAcmeJson(resolvers: Readonly<Record<string, readonly Entry[] | null>>): string {
  const stored = Object.entries(resolvers).map(([resolver, entries]) => [
    resolver,
    {
      Account: {
        Email: 'ops@example.org',
        Registration: { body: { status: 'valid' }, uri: 'https://ca.example.org/acct/1' },
        PrivateKey: accountKey,
        KeyType: '4096',
      },
      Certificates:
        entries?.map(({ names: [main, ...sans], chain, privateKey }) => ({
          domain: { main, ...(sans.length > 0 && { sans }) },
          certificate: base64(chain),
          key: base64(privateKey),
          Store: 'default',
        })) ?? null,
    },
  ]);
  return JSON.stringify(Object.fromEntries(stored), null, 2);
}

/** Traefik 1.6 and 1.7: json.MarshalIndent of `StoredData`. */
export function traefik1AcmeJson(entries: readonly Entry[] | null): string {
  return JSON.stringify(
    {
      Account: { Email: 'ops@example.org', Registration: null, PrivateKey: accountKey, KeyType: '4096' },
      Certificates:
        entries?.map(({ names: [Main, ...sans], chain, privateKey }) => ({
          Domain: { Main, SANs: sans.length > 0 ? sans : null },
          Certificate: base64(chain),
          Key: base64(privateKey),
        })) ?? null,
      HTTPChallenges: {},
      TLSChallenges: {},
    },
    null,
    2,
  );
}

/** Traefik 1 in cluster mode: json.Marshal of `Account`; acme.json before 1.6 too. */
export function traefik1Account(entries: readonly Entry[] | null): string {
  return JSON.stringify({
    Email: 'ops@example.org',
    Registration: { uri: 'https://ca.example.org/acct/1' },
    PrivateKey: accountKey,
    KeyType: '4096',
    DomainsCertificate: {
      Certs:
        entries?.map(({ names: [Main, ...sans], chain, privateKey }) => ({
          Domains: { Main, SANs: sans.length > 0 ? sans : null },
          Certificate: {
            Domain: Main,
            CertURL: 'https://ca.example.org/cert/1',
            CertStableURL: '',
            PrivateKey: base64(privateKey),
            Certificate: base64(chain),
          },
        })) ?? null,
    },
    ChallengeCerts: {
      'challenge.example.org': { Certificate: base64('a certificate'), PrivateKey: base64('a key') },
    },
    HTTPChallenge: {},
  });
}

/** The value of the key `…/object` in the store. */
export function traefik1StoreValue(entries: readonly Entry[] | null): Buffer {
  return gzipSync(traefik1Account(entries));
}

/** One Secret as cert-manager makes it. */
export function secret(name: string, { names, chain, privateKey }: Entry): Record<string, unknown> {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace: 'web',
      annotations: {
        'cert-manager.io/alt-names': names.join(','),
        'cert-manager.io/certificate-name': name,
        'cert-manager.io/issuer-kind': 'ClusterIssuer',
      },
      labels: { 'controller.cert-manager.io/fao': 'true' },
    },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': base64(chain), 'tls.key': base64(privateKey) },
  };
}

/** One Secret in YAML, in the order of keys that kubectl prints. */
export function secretYaml(name: string, { names, chain, privateKey }: Entry): string {
  return `apiVersion: v1
data:
  tls.crt: ${base64(chain)}
  tls.key: ${base64(privateKey)}
kind: Secret
metadata:
  annotations:
    cert-manager.io/alt-names: ${JSON.stringify(names.join(','))}
  creationTimestamp: "2026-01-01T00:00:00Z"
  name: ${name}
  namespace: web
type: kubernetes.io/tls
`;
}

/** `kubectl get secrets -o yaml` of several. */
export function secretListYaml(secrets: readonly string[]): string {
  const items = secrets.map((text) => `- ${text.trimEnd().replaceAll('\n', '\n  ')}\n`).join('');
  return `apiVersion: v1\nitems:\n${items}kind: List\nmetadata:\n  resourceVersion: ""\n`;
}
