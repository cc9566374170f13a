import type { Environment } from '@gatefleet/environment';
import type { Manifest } from '../base.ts';
import type { Patch } from '../patch.ts';

type Issuer = Environment['spec']['certificates']['issuer'];

/** @see https://letsencrypt.org/docs/acme-protocol-updates/ and https://letsencrypt.org/docs/staging-environment/ */
const directories = {
  letsencrypt: 'https://acme-v02.api.letsencrypt.org/directory',
  'letsencrypt-staging': 'https://acme-staging-v02.api.letsencrypt.org/directory',
} as const;

const bundleFolder = '/etc/gatefleet/issuer-ca';
const bundleFile = 'ca.crt';

/** The controller's configuration: what it may serve, and who issues. */
export function certificatePatches({ domains, certificates }: Environment['spec']): readonly Patch[] {
  const bundle = typeof certificates.issuer === 'string' ? undefined : certificates.issuer.caBundle;
  const env: Manifest[] = [
    { name: 'GATEFLEET_DOMAINS', value: domains.join(',') },
    { name: 'GATEFLEET_ACME_DIRECTORY', value: directoryOf(certificates.issuer) },
    { name: 'GATEFLEET_ACME_EMAIL', value: certificates.email },
    ...(bundle === undefined
      ? []
      : [{ name: 'GATEFLEET_ACME_CA_BUNDLE_FILE', value: `${bundleFolder}/${bundleFile}` }]),
  ];
  const mount: Manifest = { name: 'issuer-ca', mountPath: bundleFolder, readOnly: true };
  return [
    {
      kind: 'merge',
      fields: ['spec.domains', 'spec.certificates'],
      purpose: 'certificates',
      additions: ['env', 'volumes', 'volumeMounts'],
      wanted: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'acme-controller' },
        spec: {
          template: {
            spec: {
              containers: [{ name: 'controller', env, ...(bundle !== undefined && { volumeMounts: [mount] }) }],
              ...(bundle !== undefined && {
                volumes: [
                  {
                    name: 'issuer-ca',
                    configMap: { name: bundle.configMap, items: [{ key: bundle.key, path: bundleFile }] },
                  },
                ],
              }),
            },
          },
        },
      },
    },
  ];
}

function directoryOf(issuer: Issuer): string {
  return typeof issuer === 'string' ? directories[issuer] : issuer.directory;
}
