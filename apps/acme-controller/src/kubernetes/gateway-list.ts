import { DiscoveryV1Api, type KubeConfig, type V1EndpointSlice } from '@kubernetes/client-node';
import { call } from './call.ts';

export interface Gateway {
  readonly pod: string;
  readonly node: string | undefined;
  readonly host: string;
  readonly port: number;
}

/** The gateway Pods that take traffic, by the Service in front of them. */
export type ListGateways = (signal: AbortSignal) => Promise<readonly Gateway[]>;

export function kubernetesGateways(
  config: KubeConfig,
  { namespace, service, port }: { namespace: string; service: string; port: number },
): ListGateways {
  const api = config.makeApiClient(DiscoveryV1Api);
  return async (signal) => {
    const labelSelector = `kubernetes.io/service-name=${service}`;
    const list = () => api.listNamespacedEndpointSlice({ namespace, labelSelector });
    const { items } = await call(`listing the endpoints of Service ${namespace}/${service}`, list, signal);
    return gatewaysOf(items, port);
  };
}

/** Each Pod once, in the order of their names, though a Service of two address families lists it twice. */
export function gatewaysOf(slices: readonly V1EndpointSlice[], port: number): Gateway[] {
  const gateways = new Map<string, Gateway>();
  for (const slice of slices) {
    if (!slice.ports?.some((served) => served.port === port)) continue;
    for (const { addresses, conditions, nodeName, targetRef } of slice.endpoints ?? []) {
      const [host] = addresses;
      const pod = targetRef?.name ?? host;
      if (host === undefined || pod === undefined || conditions?.ready === false || gateways.has(pod)) continue;
      gateways.set(pod, { pod, node: nodeName, host, port });
    }
  }
  return [...gateways.values()].sort((a, b) => (a.pod < b.pod ? -1 : 1));
}
