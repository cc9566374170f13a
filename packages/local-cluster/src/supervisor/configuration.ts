import { clusterDomain, outsideNames, ports, publicAcmeNames, type Addresses, type NodeAddress } from '../addresses.ts';
import { criSocket, type Layout } from '../layout.ts';
import type { Credentials } from '../pki/credentials.ts';

/**
 * kubelet's configuration for one of several nodes on one machine, without cgroups.
 *
 * @see https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
 */
export function kubeletConfiguration(
  node: NodeAddress,
  addresses: Addresses,
  layout: Layout,
  credentials: Credentials,
): object {
  const serving = credentials.file(`${node.name}-serving`);
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: node.address,
    port: ports.kubelet,
    healthzPort: 0,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: credentials.authorityFile },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: serving.certificate,
    tlsPrivateKeyFile: serving.key,
    clusterDNS: [addresses.dns],
    clusterDomain,
    resolvConf: '',
    containerRuntimeEndpoint: `unix://${criSocket(node.name)}`,
    podLogsDir: layout.node(node.name).podLogs,
    volumePluginDir: `${layout.node(node.name).root}/plugins`,
    // The machine's cgroups are not ours to divide.
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    evictionHard: {
      'memory.available': '0%',
      'nodefs.available': '0%',
      'nodefs.inodesFree': '0%',
      'imagefs.available': '0%',
    },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    makeIPTablesUtilChains: false,
    // The runtime measures process trees itself: where there are no cgroups, cAdvisor sees no container.
    featureGates: { KubeletInUserNamespace: true, PodAndContainerStatsFromCRI: true },
    serializeImagePulls: false,
    registryPullQPS: 0,
    eventRecordQPS: 0,
    kubeAPIQPS: 100,
    kubeAPIBurst: 200,
    maxPods: 100,
    shutdownGracePeriod: '0s',
  };
}

/**
 * kube-proxy's configuration. Connection tracking limits belong to the machine, so they are left alone.
 *
 * @see https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/
 */
export function kubeProxyConfiguration(node: NodeAddress, addresses: Addresses, credentials: Credentials): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    hostnameOverride: node.name,
    clientConnection: { kubeconfig: credentials.kubeconfigOf('kube-proxy') },
    clusterCIDR: addresses.podCidr,
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
    healthzBindAddress: '127.0.0.1:10256',
    metricsBindAddress: '127.0.0.1:10249',
    nftables: { minSyncPeriod: '100ms', syncPeriod: '30s' },
  };
}

/**
 * CoreDNS's configuration: Services and Pods, what stands outside the cluster, and at the load balancer every `.localhost`
 * name, as it is for the user's browser, and every name of the zones that the cluster's environment serves.
 *
 * @param peers - names of further clusters' API servers, which are forwarded to from here.
 * @see https://coredns.io/plugins/
 */
export function corefile(
  addresses: Addresses,
  zones: readonly string[],
  peers: readonly string[],
  credentials: Credentials,
): string {
  const atLoadBalancer = ['localhost', ...zones].join(' ');
  return `.:53 {
  bind ${addresses.dns}
  errors
  hosts {
    ${addresses.host} ${[...Object.values(outsideNames), ...publicAcmeNames, ...peers].join(' ')}
    fallthrough
  }
  template IN A ${atLoadBalancer} {
    answer "{{ .Name }} 5 IN A ${addresses.firstLoadBalancer}"
  }
  template IN ANY ${atLoadBalancer} {
    rcode NOERROR
  }
  kubernetes ${clusterDomain} in-addr.arpa {
    endpoint https://${addresses.host}:${ports.apiServer}
    kubeconfig ${credentials.kubeconfigOf('coredns')} coredns
    ttl 5
  }
  cache 5 {
    disable denial
  }
}
`;
}

/** Pebble's configuration: validation over port 80, as any public CA does it. */
export function pebbleConfiguration(addresses: Addresses, credentials: Credentials): object {
  const own = credentials.file('acme');
  return {
    pebble: {
      listenAddress: `${addresses.host}:${ports.acme}`,
      managementListenAddress: `${addresses.host}:${ports.acmeManagement}`,
      certificate: own.certificate,
      privateKey: own.key,
      httpPort: 80,
      tlsPort: 443,
      ocspResponderURL: '',
      externalAccountBindingRequired: false,
      keyAlgorithm: 'ecdsa',
    },
  };
}
