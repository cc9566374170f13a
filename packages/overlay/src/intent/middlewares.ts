import { bytes, seconds } from '@gatefleet/environment';
import type { Patch } from '../patch.ts';
import { addArgument, argumentPatch } from './gateway-arguments.ts';
import type { Gateway } from './scale.ts';

/** One of base/traefik/dynamic.yaml, which takes what an environment decides from variables. */
interface Middleware {
  readonly name: string;
  readonly field: string;
  readonly entryPoints: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

/** Switches middlewares on, all by one argument: the last of two would be the only one. */
export function middlewarePatches(gateway: Gateway): readonly Patch[] {
  const all = middlewaresOf(gateway);
  if (all.length === 0) return [];
  const fields = all.map(({ field }) => field);
  const variables = all.flatMap((one) => Object.entries(one.variables));
  const env = variables.map(([name, value]) => ({ name, value }));
  const names = (entryPoint: string) =>
    all.filter(({ entryPoints }) => entryPoints.includes(entryPoint)).map(({ name }) => `${name}@file`);
  // Where Traefik looks for plugins: the folder of base/traefik/dynamic.yaml.
  const plugins = gateway.maxRequestBody !== undefined && { workingDir: '/etc/traefik/dynamic' };
  const chosen = ['web', 'websecure'].filter((entryPoint) => names(entryPoint).length > 0);
  return [
    {
      kind: 'merge',
      fields,
      purpose: 'middlewares',
      additions: ['env'],
      wanted: {
        apiVersion: 'apps/v1',
        kind: gateway.workload,
        metadata: { name: 'traefik' },
        spec: { template: { spec: { containers: [{ name: 'traefik', env, ...plugins }] } } },
      },
    },
    argumentPatch(gateway.workload, 'middleware-arguments', fields, [
      ...chosen.map((one) => addArgument(`--entryPoints.${one}.http.middlewares`, names(one).join(','))),
      ...(gateway.maxRequestBody === undefined
        ? []
        : [
            addArgument('--experimental.localPlugins.bodylimit.moduleName', 'gatefleet.dev/bodylimit'),
            // Without it a gateway would come up, and answer every request with 404.
            addArgument('--experimental.abortOnPluginFailure', 'true'),
          ]),
    ]),
  ];
}

function middlewaresOf({
  hsts,
  maxRequestBody,
  maxRequestsPerClient,
  trustedProxies,
  proxyProtocol,
}: Gateway): readonly Middleware[] {
  const both = ['web', 'websecure'];
  return [
    ...(hsts === undefined
      ? []
      : [
          {
            name: 'hsts',
            field: 'spec.gateway.hsts',
            entryPoints: ['websecure'],
            // https://www.rfc-editor.org/rfc/rfc6797#section-6.1
            variables: {
              HSTS: [
                `max-age=${seconds(hsts.maxAge)}`,
                ...(hsts.includeSubDomains ? ['includeSubDomains'] : []),
                ...(hsts.preload ? ['preload'] : []),
              ].join('; '),
            },
          },
        ]),
    ...(maxRequestsPerClient === undefined
      ? []
      : [
          {
            name: 'client-limit',
            field: 'spec.gateway.maxRequestsPerClient',
            entryPoints: both,
            variables: {
              MAX_REQUESTS_PER_CLIENT: String(maxRequestsPerClient),
              // By the PROXY protocol the client is who is connected.
              ...(!proxyProtocol && trustedProxies.length > 0 && { TRUSTED_PROXIES: trustedProxies.join(',') }),
            },
          },
        ]),
    ...(maxRequestBody === undefined
      ? []
      : [
          {
            name: 'body-limit',
            field: 'spec.gateway.maxRequestBody',
            entryPoints: both,
            variables: { MAX_REQUEST_BODY: String(bytes(maxRequestBody)) },
          },
        ]),
  ];
}
