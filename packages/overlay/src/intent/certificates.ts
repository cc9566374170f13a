import type { Environment } from '@gatefleet/environment';
import type { Manifest } from '../manifest.ts';
import type { Patch } from '../patch.ts';

type Certificates = Environment['spec']['certificates'];

/** One key of a Secret or ConfigMap that the controller reads as a file. */
interface Reference {
  readonly name: string;
  readonly key: string;
}

/** Where the controller looks for what certificate-policy.yaml names. */
const folders = { secret: '/etc/gatefleet/secrets', configMap: '/etc/gatefleet/config-maps' } as const;

/** Mounts what the certificate policy refers to: never a value, only where it is. */
export function certificatePatches(certificates: Certificates): readonly Patch[] {
  const secrets = byName(secretsOf(certificates));
  const configMaps = byName(bundlesOf(certificates));
  const volumes = [
    ...secrets.map(([name, keys], index) => ({
      name: `secret-${index}`,
      mountPath: `${folders.secret}/${name}`,
      source: { secret: { secretName: name, defaultMode: 0o440, items: itemsOf(keys) } },
    })),
    ...configMaps.map(([name, keys], index) => ({
      name: `config-map-${index}`,
      mountPath: `${folders.configMap}/${name}`,
      source: { configMap: { name, items: itemsOf(keys) } },
    })),
  ];
  if (volumes.length === 0) return [];
  const volumeMounts = volumes.map(({ name, mountPath }) => ({ name, mountPath, readOnly: true }));
  return [
    {
      kind: 'merge',
      fields: ['spec.certificates.issuers', 'spec.certificates.challenge'],
      purpose: 'credentials',
      additions: ['volumes', 'volumeMounts'],
      wanted: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'acme-controller' },
        spec: {
          template: {
            spec: {
              containers: [{ name: 'controller', volumeMounts }],
              volumes: volumes.map(({ name, source }) => ({ name, ...source })),
            },
          },
        },
      },
    },
  ];
}

function secretsOf({ issuers, challenge }: Certificates): readonly Reference[] {
  const accounts = issuers.flatMap((issuer) =>
    typeof issuer === 'string' || issuer.externalAccountBinding === undefined
      ? []
      : [issuer.externalAccountBinding.secret],
  );
  const { type: _type, ...providers } = challenge;
  const credentials = Object.values(providers).flatMap((provider) => Object.values(provider ?? {}).filter(isReference));
  return [...accounts, ...credentials];
}

function bundlesOf({ issuers }: Certificates): readonly Reference[] {
  return issuers.flatMap((issuer) => {
    const bundle = typeof issuer === 'string' ? undefined : issuer.caBundle;
    return bundle === undefined ? [] : [{ name: bundle.configMap, key: bundle.key }];
  });
}

function isReference(value: unknown): value is Reference {
  return typeof value === 'object' && value !== null && 'name' in value && 'key' in value;
}

/** Keys by name, both sorted and once. */
function byName(references: readonly Reference[]): readonly (readonly [string, readonly string[]])[] {
  const names = [...new Set(references.map(({ name }) => name))].toSorted();
  return names.map((name) => {
    const keys = references.filter((each) => each.name === name).map(({ key }) => key);
    return [name, [...new Set(keys)].toSorted()];
  });
}

function itemsOf(keys: readonly string[]): readonly Manifest[] {
  return keys.map((key) => ({ key, path: key }));
}
