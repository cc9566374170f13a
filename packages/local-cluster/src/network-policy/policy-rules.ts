import type { V1LabelSelector, V1NetworkPolicyPeer, V1NetworkPolicyPort, V1ObjectMeta } from '@kubernetes/client-node';
import { protocolOf, type Endpoint, type Protocol } from './endpoint.ts';
import { matches, type Labels } from './label-selector.ts';

export type Direction = 'ingress' | 'egress';

/** A policy as the API server writes it. The client's own class calls `from` something else, and its watches do not make that class. */
export interface NetworkPolicy {
  readonly metadata?: V1ObjectMeta;
  readonly spec?: {
    readonly podSelector?: V1LabelSelector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly { readonly from?: V1NetworkPolicyPeer[]; readonly ports?: V1NetworkPolicyPort[] }[];
    readonly egress?: readonly { readonly to?: V1NetworkPolicyPeer[]; readonly ports?: V1NetworkPolicyPort[] }[];
  };
}

/** Whom policies can name. */
export interface Named {
  readonly endpoints: readonly Endpoint[];
  /** Labels of each namespace, by its name. */
  readonly namespaces: ReadonlyMap<string, Labels>;
}

/** Whether the policy closes this direction for the Pods that it selects. Without policyTypes: ingress, and egress if it has a rule. */
export function closes({ spec }: NetworkPolicy, direction: Direction): boolean {
  if (spec?.policyTypes !== undefined) return spec.policyTypes.some((type) => type.toLowerCase() === direction);
  return direction === 'ingress' || spec?.egress !== undefined;
}

/** The Pods that a policy is about. */
export function selected({ metadata, spec }: NetworkPolicy, endpoints: readonly Endpoint[]): readonly Endpoint[] {
  return endpoints.filter(
    ({ namespace, labels }) => namespace === metadata?.namespace && matches(spec?.podSelector ?? {}, labels),
  );
}

/**
 * What one policy lets pass for the Pods that it selects, as rules of nft(8). They see packets of new connections after the translation of
 * Service addresses, so destinations are Pods and their own ports.
 *
 * @param pods - the selected ones.
 */
export function policyRules(
  { metadata, spec }: NetworkPolicy,
  direction: Direction,
  pods: readonly Endpoint[],
  named: Named,
): readonly string[] {
  const rules =
    direction === 'ingress'
      ? (spec?.ingress ?? []).map(({ from: peers, ports }) => ({ peers, ports }))
      : (spec?.egress ?? []).map(({ to: peers, ports }) => ({ peers, ports }));
  return rules.flatMap(({ peers = [], ports = [] }) => {
    const sides =
      peers.length === 0
        ? [{ match: [], endpoints: named.endpoints }]
        : peers.flatMap((peer) => sideOf(peer, direction, metadata?.namespace ?? '', named));
    return sides.flatMap((side) =>
      portMatches(ports, direction === 'ingress' ? pods : side.endpoints).map((match) =>
        [...side.match, ...match, 'accept'].join(' '),
      ),
    );
  });
}

/** One side of a connection. */
interface Side {
  readonly match: readonly string[];
  /** Those of its Pods whose named ports count. */
  readonly endpoints: readonly Endpoint[];
}

function sideOf(
  { ipBlock, podSelector, namespaceSelector }: V1NetworkPolicyPeer,
  direction: Direction,
  ownNamespace: string,
  { endpoints, namespaces }: Named,
): readonly Side[] {
  const field = direction === 'ingress' ? 'ip saddr' : 'ip daddr';
  if (ipBlock !== undefined) {
    if (ipBlock.cidr.includes(':')) return [];
    const except = (ipBlock.except ?? []).map((cidr) => `${field} != ${cidr}`);
    return [{ match: [`${field} ${ipBlock.cidr}`, ...except], endpoints: [] }];
  }
  const isIn = (namespace: string) =>
    namespaceSelector === undefined
      ? namespace === ownNamespace
      : matches(namespaceSelector, namespaces.get(namespace) ?? {});
  const chosen = endpoints.filter(({ namespace, labels }) => isIn(namespace) && matches(podSelector ?? {}, labels));
  return chosen.length === 0 ? [] : [{ match: [`${field} ${addressSet(chosen)}`], endpoints: chosen }];
}

/** @param destinations - whose named ports are meant. */
function portMatches(
  ports: readonly V1NetworkPolicyPort[],
  destinations: readonly Endpoint[],
): readonly (readonly string[])[] {
  if (ports.length === 0) return [[]];
  return ports.flatMap(({ protocol: name, port, endPort }): readonly (readonly string[])[] => {
    const protocol = protocolOf(name);
    if (port === undefined) return [[`meta l4proto ${protocol}`]];
    if (typeof port === 'string') return namedPort(port, protocol, destinations);
    return [[`${protocol} dport ${endPort === undefined ? port : `${port}-${endPort}`}`]];
  });
}

/** One name can be another number in each Pod. */
function namedPort(
  wanted: string,
  protocol: Protocol,
  destinations: readonly Endpoint[],
): readonly (readonly string[])[] {
  const holders = destinations.flatMap((endpoint) =>
    endpoint.ports
      .filter((port) => port.name === wanted && port.protocol === protocol)
      .map(({ port }) => ({ port, endpoint })),
  );
  return [...Map.groupBy(holders, ({ port }) => port)].map(([port, group]) => [
    `ip daddr ${addressSet(group.map(({ endpoint }) => endpoint))}`,
    `${protocol} dport ${port}`,
  ]);
}

const addressSet = (endpoints: readonly Endpoint[]): string =>
  `{ ${[...new Set(endpoints.map(({ address }) => address))].join(', ')} }`;
