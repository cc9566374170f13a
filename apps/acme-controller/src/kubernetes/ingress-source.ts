import { type KubeConfig, NetworkingV1Api, type V1Ingress } from '@kubernetes/client-node';
import type { Logger } from '../log.ts';
import type { Ingress } from '../wanted/ingress.ts';
import { FollowedList } from './followed-list.ts';
import { toIngress } from './to-ingress.ts';

/** All Ingresses of the cluster as they are now. */
export interface IngressSource {
  /** `undefined` until they were listed once, whole. */
  current(): readonly Ingress[] | undefined;
  /** Calls on every change, and when the first list is there, until `signal`. What changed is not told: look at all of it. */
  onChange(listener: () => void, signal: AbortSignal): void;
}

export class KubernetesIngressSource implements IngressSource {
  readonly #ingresses: FollowedList<V1Ingress>;

  constructor(config: KubeConfig, log: Logger) {
    const api = config.makeApiClient(NetworkingV1Api);
    this.#ingresses = new FollowedList({
      config,
      path: '/apis/networking.k8s.io/v1/ingresses',
      list: () => api.listIngressForAllNamespaces(),
      what: 'Ingresses',
      log,
    });
  }

  current(): readonly Ingress[] | undefined {
    return this.#ingresses.current()?.map(toIngress);
  }

  onChange(listener: () => void, signal: AbortSignal): void {
    this.#ingresses.onChange(listener, signal);
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#ingresses.run(signal);
  }
}
