import type { JsonPatch, Patch, Step } from '../patch.ts';
import type { Gateway } from './scale.ts';

type ArgumentValue = JsonPatch['values'][number];

const args: readonly Step[] = ['spec', 'template', 'spec', 'containers', { item: ['name'], is: 'traefik' }, 'args'];

/** Another value for an argument that the base gives to Traefik. */
function set(flag: string, value: string): ArgumentValue {
  return { path: [...args, { argument: flag }], value: `${flag}=${value}` };
}

/** An argument that the base does not give. */
export function addArgument(flag: string, value: string): ArgumentValue {
  return { path: [...args, '-'], value: `${flag}=${value}` };
}

/** Changes Traefik's arguments, and nothing else of its Pods. */
export function argumentPatch(
  workload: string,
  purpose: string,
  fields: readonly string[],
  values: readonly ArgumentValue[],
): Patch {
  return { kind: 'json', fields, purpose, target: { group: 'apps', kind: workload, name: 'traefik' }, values };
}

/**
 * What Traefik itself is told.
 *
 * @see https://doc.traefik.io/traefik/v3.6/reference/install-configuration/entrypoints/ and …/observability/logs-and-accesslogs/
 */
export function argumentPatches({
  workload,
  logLevel,
  accessLog,
  trustedProxies,
  proxyProtocol,
}: Gateway): readonly Patch[] {
  const logs = [
    set('--log.level', logLevel),
    ...(accessLog ? [addArgument('--accesslog', 'true'), addArgument('--accesslog.format', 'json')] : []),
  ];
  const networks = trustedProxies.join(',');
  const proxies = ['web', 'websecure'].flatMap((entryPoint) => [
    ...(networks === '' ? [] : [addArgument(`--entryPoints.${entryPoint}.forwardedHeaders.trustedIPs`, networks)]),
    ...(networks === '' || !proxyProtocol
      ? []
      : [addArgument(`--entryPoints.${entryPoint}.proxyProtocol.trustedIPs`, networks)]),
  ]);
  return [
    argumentPatch(workload, 'logs', ['spec.gateway.accessLog', 'spec.gateway.logLevel'], logs),
    argumentPatch(workload, 'proxies', ['spec.gateway.trustedProxies', 'spec.gateway.proxyProtocol'], proxies),
  ];
}

/** Which Ingresses the gateways route. */
export function ingressClassArgument(workload: string, ingressClass: string, fields: readonly string[]): Patch {
  const flag = '--providers.kubernetesIngress.ingressClass';
  return argumentPatch(workload, 'ingress-class', fields, [set(flag, ingressClass)]);
}
