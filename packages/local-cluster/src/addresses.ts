/** Addresses inside one cluster's own network namespace. */
export interface Addresses {
  /** Gateway of every Pod; the API server, Pebble and the git remote listen here. */
  readonly host: string;
  readonly dns: string;
  /** What reaches the load balancer from no Pod comes from here: clients of the machine and the ACME test CA, as from the Internet. */
  readonly outside: string;
  readonly nodes: (count: number) => readonly NodeAddress[];
  readonly podCidr: string;
  readonly serviceCidr: string;
  /** The `kubernetes` Service: the first address of the Service range. */
  readonly kubernetesService: string;
  readonly loadBalancerCidr: string;
  /** The first Service of type LoadBalancer gets this one. */
  readonly firstLoadBalancer: string;
}

/**
 * Nothing outside can reach them and they reach nothing outside, so they cannot collide with the networks of the machine.
 * Clusters side by side differ in them all the same, so that an address in a log or a certificate says whose it is.
 *
 * @param cluster - 0 to 9.
 */
export function addressesOf(cluster: number): Addresses {
  const pods = `10.${100 + 10 * cluster}`;
  const loadBalancers = `10.${101 + 10 * cluster}.0`;
  const services = `10.${96 + 10 * cluster}.0`;
  return {
    host: `${pods}.0.1`,
    dns: `${pods}.0.2`,
    outside: `198.51.100.${cluster + 1}`,
    nodes: (count) =>
      Array.from({ length: count }, (_, i) => ({
        name: `node-${i + 1}`,
        address: `${pods}.0.${11 + i}`,
        podCidr: `${pods}.${i + 1}.0/24`,
      })),
    podCidr: `${pods}.0.0/16`,
    serviceCidr: `${services}.0/16`,
    kubernetesService: `${services}.1`,
    loadBalancerCidr: `${loadBalancers}.0/24`,
    firstLoadBalancer: `${loadBalancers}.1`,
  };
}

/** The cluster's DNS as policies know it: under the labels of the Pods that it is elsewhere. */
export const clusterDns = ({ dns }: Addresses) => ({
  address: dns,
  namespace: 'kube-system',
  labels: { 'k8s-app': 'kube-dns' },
  ports: [
    { name: 'dns', protocol: 'udp' as const, port: 53 },
    { name: 'dns-tcp', protocol: 'tcp' as const, port: 53 },
  ],
});

export const clusterDomain = 'cluster.local';

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
  /** Where the public CAs' names lead. */
  publicAcme: 443,
  /** The API server of the first further cluster that this one's Argo CD manages; the next ones follow. */
  firstPeer: 7001,
} as const;

/** The name of a further cluster's API server, as Argo CD in the first one calls it. */
export const peerName = (cluster: string): string => `${cluster}.clusters.gatefleet.internal`;

/**
 * Public CAs that Pebble stands in for: in a local cluster their names lead to it, so an environment made for a real cluster runs
 * unchanged. @see https://letsencrypt.org/docs/acme-protocol-updates/
 */
export const publicAcmeNames = ['acme-v02.api.letsencrypt.org', 'acme-staging-v02.api.letsencrypt.org'] as const;

/** Names that the cluster's DNS gives to what stands outside Kubernetes: the ACME test CA and the git remote. */
export const outsideNames = { acme: 'pebble.gatefleet.internal', git: 'git.gatefleet.internal' } as const;
