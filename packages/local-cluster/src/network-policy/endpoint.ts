import type { V1Pod } from '@kubernetes/client-node';
import type { Labels } from './label-selector.ts';

export type Protocol = 'tcp' | 'udp' | 'sctp';

/** Somebody who can be named by a policy: a Pod at its address. */
export interface Endpoint {
  readonly address: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** Ports that have a name. */
  readonly ports: readonly { readonly name: string; readonly protocol: Protocol; readonly port: number }[];
}

/** A Pod at the address that its sandbox has. */
export function endpointOf({ metadata, spec }: V1Pod, address: string): Endpoint {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  return {
    address,
    namespace: metadata?.namespace ?? '',
    labels: metadata?.labels ?? {},
    ports: containers.flatMap(({ ports = [] }) =>
      ports.flatMap(({ name, protocol, containerPort }) =>
        name === undefined ? [] : [{ name, protocol: protocolOf(protocol), port: containerPort }],
      ),
    ),
  };
}

/** As Kubernetes spells it; TCP when nothing is said. */
export const protocolOf = (name = 'TCP'): Protocol => name.toLowerCase() as Protocol;
