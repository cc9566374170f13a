import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CatalogueInput } from '@gatefleet/process-cri';

/** What the catalogue is made from: paths on this machine. */
export interface CatalogueSources {
  readonly program: (name: string) => string;
  /** Folder with Argo CD's wrapper scripts. */
  readonly argocdScripts: string;
  /** The certificate controller, bundled. */
  readonly controllerBundle: string;
  /** Certificate of the cluster's CA, for programs that ask a CA whose name leads to Pebble here. */
  readonly authority: string;
}

const argocdNames = [
  'argocd-server',
  'argocd-repo-server',
  'argocd-cmp-server',
  'argocd-application-controller',
  'argocd-dex',
  'argocd-notifications',
  'argocd-applicationset-controller',
  'argocd-k8s-auth',
  'argocd-commit-server',
];

/** Which image is which program, laid out as the image itself lays it out. */
export async function catalogueOf({
  program,
  argocdScripts,
  controllerBundle,
  authority,
}: CatalogueSources): Promise<CatalogueInput> {
  const scripts = (await readdir(argocdScripts)).filter((name) => name.endsWith('.sh'));
  return {
    images: {
      'hashicorp/consul:1.19.2': {
        files: { '/bin/consul': { source: program('consul') }, '/consul/data': { folder: true, uid: 100, gid: 1000 } },
        entrypoint: ['consul'],
        user: { uid: 100, gid: 1000, name: 'consul', home: '/consul' },
      },
      'traefik:v3.6.12': {
        files: { '/usr/local/bin/traefik': { source: program('traefik') } },
        entrypoint: ['traefik'],
      },
      'ghcr.io/mccutchen/go-httpbin:2.26.0': {
        files: { '/bin/go-httpbin': { source: program('go-httpbin') } },
        entrypoint: ['/bin/go-httpbin'],
        user: { uid: 65532, gid: 65532, name: 'nonroot', home: '/home/nonroot' },
      },
      'ghcr.io/gatefleet/acme-controller:0.1.0': {
        files: {
          '/usr/local/bin/node': { source: program('node') },
          '/app/main.js': { source: controllerBundle },
          '/usr/local/share/ca-certificates/local-cluster.crt': { source: authority },
        },
        entrypoint: ['node', '--enable-source-maps', '--disable-sigusr1', '/app/main.js'],
        env: {
          NODE_ENV: 'production',
          NODE_EXTRA_CA_CERTS: '/usr/local/share/ca-certificates/local-cluster.crt',
          // Load balancers of local clusters have no public address.
          GATEFLEET_GATEWAY_NETWORKS: '10.0.0.0/8',
        },
        workingDir: '/app',
        user: { uid: 65532, gid: 65532, name: 'nonroot', home: '/home/nonroot' },
      },
      'quay.io/argoproj/argocd:v3.5.7': {
        files: {
          '/usr/local/bin/argocd': { source: program('argocd') },
          ...Object.fromEntries(argocdNames.map((name) => [`/usr/local/bin/${name}`, { link: 'argocd' }])),
          ...Object.fromEntries(
            scripts.map((name) => [`/usr/local/bin/${name}`, { source: join(argocdScripts, name) }]),
          ),
          '/usr/local/bin/kustomize': { source: program('kustomize') },
          '/usr/bin/tini': { source: program('tini') },
          '/home/argocd': { folder: true, uid: 999, gid: 999 },
          '/app/config': { folder: true, uid: 999, gid: 999 },
        },
        entrypoint: ['/usr/bin/tini', '--'],
        env: { USER: 'argocd', GRPC_ENABLE_TXT_SERVICE_CONFIG: 'false' },
        workingDir: '/home/argocd',
        user: { uid: 999, gid: 999, name: 'argocd', home: '/home/argocd' },
      },
      'public.ecr.aws/docker/library/redis:8.2.3-alpine': {
        files: { '/usr/local/bin/redis-server': { source: program('redis-server') } },
        entrypoint: ['redis-server'],
        workingDir: '/data',
        user: { uid: 999, gid: 1000, name: 'redis' },
      },
      'registry.k8s.io/metrics-server/metrics-server:v0.9.0': {
        files: { '/metrics-server': { source: program('metrics-server') } },
        entrypoint: ['/metrics-server'],
        user: { uid: 65534, gid: 65534, name: 'nobody' },
      },
    },
  };
}
