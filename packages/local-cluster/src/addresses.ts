/**
 * Addresses inside the cluster's own network namespace. Nothing outside can reach them and they reach nothing outside,
 * so they cannot collide with the networks of the machine.
 */
export const addresses = {
  /** Gateway of every Pod; the API server, Pebble and the git remote listen here. */
  host: '10.100.0.1',
  dns: '10.100.0.2',
  nodes: (count: number): readonly NodeAddress[] =>
    Array.from({ length: count }, (_, i) => ({
      name: `node-${i + 1}`,
      address: `10.100.0.${11 + i}`,
      podCidr: `10.100.${i + 1}.0/24`,
    })),
  podCidr: '10.100.0.0/16',
  serviceCidr: '10.96.0.0/16',
  /** The `kubernetes` Service: the first address of the Service range. */
  kubernetesService: '10.96.0.1',
  loadBalancerCidr: '10.101.0.0/24',
  /** The first Service of type LoadBalancer gets this one. */
  firstLoadBalancer: '10.101.0.1',
  clusterDomain: 'cluster.local',
} as const;

/** One node: a kubelet with an address, and the Pod range behind it. */
export interface NodeAddress {
  readonly name: string;
  readonly address: string;
  readonly podCidr: string;
}

/** Ports that components listen on inside the cluster's network namespace. */
export const ports = {
  apiServer: 6443,
  etcd: 2379,
  kubelet: 10250,
  acme: 14000,
  acmeManagement: 15000,
  git: 8080,
} as const;

/** Names that the cluster's DNS gives to what stands outside Kubernetes: the ACME test CA and the git remote. */
export const outsideNames = { acme: 'pebble.gatefleet.internal', git: 'git.gatefleet.internal' } as const;
