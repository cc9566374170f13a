import { DiscoveryV1Api, type KubeConfig, type V1EndpointSlice } from '@kubernetes/client-node';
import type { Logger } from '../log.ts';
import { call } from './call.ts';
import { FollowedList } from './followed-list.ts';

export interface Gateway {
  readonly pod: string;
  readonly node: string | undefined;
  readonly host: string;
  readonly port: number;
}

/** The gateway Pods that take traffic, by the Service in front of them. */
export type ListGateways = (signal: AbortSignal) => Promise<readonly Gateway[]>;

export interface KubernetesGatewaysOptions {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  readonly log: Logger;
}

/** Gateways are asked for before every order, so they are followed: it costs the API server nothing then. */
export class KubernetesGateways {
  readonly #slices: FollowedList<V1EndpointSlice>;
  readonly #listNow: (signal: AbortSignal) => Promise<readonly V1EndpointSlice[]>;
  readonly #port: number;

  constructor(config: KubeConfig, { namespace, service, port, log }: KubernetesGatewaysOptions) {
    const api = config.makeApiClient(DiscoveryV1Api);
    const labelSelector = `kubernetes.io/service-name=${service}`;
    const list = () => api.listNamespacedEndpointSlice({ namespace, labelSelector });
    this.#port = port;
    this.#listNow = async (signal) =>
      (await call(`listing the endpoints of Service ${namespace}/${service}`, list, signal)).items;
    const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
    this.#slices = new FollowedList({ config, path, list, labelSelector, what: 'gateways', log });
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#slices.run(signal);
  }

  readonly list: ListGateways = async (signal) =>
    gatewaysOf(this.#slices.current() ?? (await this.#listNow(signal)), this.#port);
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
