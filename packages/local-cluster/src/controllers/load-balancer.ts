import type { V1Service } from '@kubernetes/client-node';

/** An address for a Service of type LoadBalancer that has none. */
export interface Assignment {
  readonly namespace: string;
  readonly name: string;
  readonly address: string;
}

/**
 * Which Services of type LoadBalancer need an address, the lowest free one first, oldest Service first. kube-proxy
 * brings traffic for it to the endpoints.
 *
 * @param prefix - the first three octets of a /24, from which .1 to .254 are given out.
 */
export function assignAddresses(services: readonly V1Service[], prefix: string): readonly Assignment[] {
  const balanced = services.filter(({ spec }) => spec?.type === 'LoadBalancer' && spec.loadBalancerClass === undefined);
  const addressOf = (service: V1Service) => service.status?.loadBalancer?.ingress?.[0]?.ip;
  const taken = new Set(balanced.map(addressOf));
  const free = Array.from({ length: 254 }, (_, i) => `${prefix}.${i + 1}`).filter((address) => !taken.has(address));
  return balanced
    .filter((service) => addressOf(service) === undefined)
    .toSorted((a, b) => createdAt(a) - createdAt(b))
    .flatMap(({ metadata }) => {
      const address = free.shift();
      if (address === undefined || metadata?.name === undefined || metadata.namespace === undefined) return [];
      return [{ namespace: metadata.namespace, name: metadata.name, address }];
    });
}

/** A watch brings times as text. */
const createdAt = ({ metadata }: V1Service): number => new Date(metadata?.creationTimestamp ?? 0).getTime();
