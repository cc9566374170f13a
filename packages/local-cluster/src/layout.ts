import { join } from 'node:path';

/** Where a local cluster keeps its files: all under one folder, which `down` removes. */
export interface Layout {
  readonly root: string;
  /** Address book of a running cluster: supervisor, ports, files. */
  readonly state: string;
  readonly kubeconfig: string;
  /** Root certificate of the ACME test CA, for `curl --cacert`. */
  readonly acmeRoot: string;
  /** Certificate of the cluster's own CA, which every image of the cluster trusts beside the public ones. */
  readonly authority: string;
  /** Socket at which the API server is offered to the cluster that Argo CD runs in. */
  readonly apiSocket: string;
  readonly gitRepository: string;
  readonly gitCredentials: string;
  readonly logs: string;
  readonly pki: string;
  readonly config: string;
  readonly etcd: string;
  readonly images: string;
  readonly node: (name: string) => NodeLayout;
}

/** One node's files. */
export interface NodeLayout {
  readonly root: string;
  readonly kubelet: string;
  readonly podLogs: string;
  readonly runtime: string;
  readonly volumes: string;
}

/**
 * Sockets and kubelet's fixed folders do not live here but under `/run` and `/var/lib`, which are private tmpfs mounts
 * inside the cluster: paths there are short enough for a socket and vanish with the namespace.
 */
export function layoutOf(root: string): Layout {
  return {
    root,
    state: join(root, 'cluster.json'),
    kubeconfig: join(root, 'kubeconfig'),
    acmeRoot: join(root, 'ca.pem'),
    authority: join(root, 'cluster-ca.pem'),
    apiSocket: join(root, 'api.sock'),
    gitRepository: join(root, 'git', 'gatefleet.git'),
    gitCredentials: join(root, 'git', 'credentials'),
    logs: join(root, 'logs'),
    pki: join(root, 'pki'),
    config: join(root, 'config'),
    etcd: join(root, 'etcd'),
    images: join(root, 'images'),
    node: (name) => {
      const node = join(root, 'nodes', name);
      return {
        root: node,
        kubelet: join(node, 'kubelet'),
        podLogs: join(node, 'pods'),
        runtime: join(node, 'runtime'),
        volumes: join(node, 'volumes'),
      };
    },
  };
}

/** The CRI socket of a node, inside the cluster's private `/run`. */
export const criSocket = (node: string): string => `/run/gatefleet/${node}/cri.sock`;

/** Where the nodes' runtimes tell of each Pod's address, inside the cluster's private `/run`. */
export const networkGate = '/run/gatefleet/network.sock';
