import { join } from 'node:path';
import { clusterDomain, ports, type Addresses, type NodeAddress } from '../addresses.ts';
import type { Credentials } from '../pki/credentials.ts';
import { criSocket, type Layout } from '../layout.ts';
import type { Component } from './component.ts';
import { seeingCgroups } from './namespace.ts';
import { accepts, httpsAnswers } from './probe.ts';

/** What the components of Kubernetes are made from. */
export interface ComponentContext {
  readonly layout: Layout;
  readonly addresses: Addresses;
  readonly nodes: readonly NodeAddress[];
  readonly credentials: Credentials;
  readonly program: (name: string) => string;
  /** Path of a configuration file that was written before. */
  readonly configFile: (name: string) => string;
  /** The node program and the script of the container runtime. */
  readonly runtime: { readonly node: string; readonly main: string; readonly compileCache: string };
}

/** Memory that the collector aims at, so that a whole cluster fits a small machine; https://pkg.go.dev/runtime#hdr-Environment_Variables. */
const smallHeap = { GOGC: '50' };

/** etcd, the control plane, the nodes' runtimes and kubelets, and kube-proxy, with what each comes after. */
export function kubernetesComponents(context: ComponentContext): readonly Component[] {
  return [
    etcd(context),
    apiServer(context),
    ...controllers(context),
    ...context.nodes.flatMap((n) => node(context, n)),
  ];
}

function etcd({ layout, credentials, program }: ComponentContext): Component {
  const own = credentials.file('etcd');
  const url = `https://127.0.0.1:${ports.etcd}`;
  const peer = 'https://127.0.0.1:2380';
  return {
    name: 'etcd',
    command: program('etcd'),
    args: [
      '--name=etcd',
      `--data-dir=${layout.etcd}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=etcd=${peer}`,
      `--cert-file=${own.certificate}`,
      `--key-file=${own.key}`,
      '--client-cert-auth',
      `--trusted-ca-file=${credentials.authorityFile}`,
      `--peer-cert-file=${own.certificate}`,
      `--peer-key-file=${own.key}`,
      '--peer-client-cert-auth',
      `--peer-trusted-ca-file=${credentials.authorityFile}`,
      // The cluster does not outlive the machine's uptime, so waiting for the disk buys nothing.
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
    env: smallHeap,
    after: [],
    ready: () => accepts({ host: '127.0.0.1', port: ports.etcd }),
  };
}

function apiServer({ addresses, credentials, program }: ComponentContext): Component {
  const own = credentials.file('apiserver');
  const etcdClient = credentials.file('apiserver-etcd-client');
  const kubeletClient = credentials.file('apiserver-kubelet-client');
  const frontProxy = credentials.file('front-proxy-client');
  const target = { host: addresses.host, port: ports.apiServer, path: '/readyz' };
  return {
    name: 'kube-apiserver',
    command: program('kube-apiserver'),
    args: [
      `--advertise-address=${addresses.host}`,
      '--bind-address=0.0.0.0',
      `--secure-port=${ports.apiServer}`,
      `--etcd-servers=https://127.0.0.1:${ports.etcd}`,
      `--etcd-cafile=${credentials.authorityFile}`,
      `--etcd-certfile=${etcdClient.certificate}`,
      `--etcd-keyfile=${etcdClient.key}`,
      '--anonymous-auth=false',
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      `--client-ca-file=${credentials.authorityFile}`,
      `--tls-cert-file=${own.certificate}`,
      `--tls-private-key-file=${own.key}`,
      `--kubelet-certificate-authority=${credentials.authorityFile}`,
      `--kubelet-client-certificate=${kubeletClient.certificate}`,
      `--kubelet-client-key=${kubeletClient.key}`,
      '--kubelet-preferred-address-types=InternalIP',
      `--requestheader-client-ca-file=${credentials.authorityFile}`,
      '--requestheader-allowed-names=front-proxy-client',
      '--requestheader-username-headers=X-Remote-User',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      `--proxy-client-cert-file=${frontProxy.certificate}`,
      `--proxy-client-key-file=${frontProxy.key}`,
      `--service-account-issuer=https://kubernetes.default.svc.${clusterDomain}`,
      `--service-account-key-file=${credentials.serviceAccountPublicKey}`,
      `--service-account-signing-key-file=${credentials.serviceAccountKey}`,
      `--service-cluster-ip-range=${addresses.serviceCidr}`,
      '--profiling=false',
      '--shutdown-delay-duration=0s',
    ],
    env: smallHeap,
    after: ['etcd'],
    ready: (signal) => httpsAnswers(target, { authority: credentials.authority, client: credentials.admin }, signal),
  };
}

function controllers({ addresses, credentials, program, configFile }: ComponentContext): readonly Component[] {
  const manager = credentials.kubeconfigOf('kube-controller-manager');
  const scheduler = credentials.kubeconfigOf('kube-scheduler');
  const proxy = credentials.kubeconfigOf('kube-proxy');
  const answers = (port: number) => () => accepts({ host: '127.0.0.1', port });
  return [
    {
      name: 'kube-controller-manager',
      command: program('kube-controller-manager'),
      args: [
        '--bind-address=127.0.0.1',
        `--kubeconfig=${manager}`,
        `--authentication-kubeconfig=${manager}`,
        `--authorization-kubeconfig=${manager}`,
        '--use-service-account-credentials',
        `--service-account-private-key-file=${credentials.serviceAccountKey}`,
        `--root-ca-file=${credentials.authorityFile}`,
        '--leader-elect=false',
        '--horizontal-pod-autoscaler-sync-period=5s',
        '--profiling=false',
        '--cert-dir=/run/gatefleet/kube-controller-manager',
      ],
      env: smallHeap,
      after: ['kube-apiserver'],
      ready: answers(10257),
    },
    {
      name: 'kube-scheduler',
      command: program('kube-scheduler'),
      args: [
        '--bind-address=127.0.0.1',
        `--kubeconfig=${scheduler}`,
        `--authentication-kubeconfig=${scheduler}`,
        `--authorization-kubeconfig=${scheduler}`,
        '--leader-elect=false',
        '--profiling=false',
        '--cert-dir=/run/gatefleet/kube-scheduler',
      ],
      env: smallHeap,
      after: ['kube-apiserver'],
      ready: answers(10259),
    },
    {
      name: 'kube-proxy',
      command: program('kube-proxy'),
      args: [`--config=${configFile('kube-proxy.json')}`],
      env: { ...smallHeap, KUBECONFIG: proxy },
      after: ['kube-apiserver'],
      ready: answers(10249),
    },
    {
      name: 'coredns',
      command: program('coredns'),
      args: [`-conf=${configFile('Corefile')}`],
      env: smallHeap,
      after: ['cluster policy'],
      ready: () => accepts({ host: addresses.dns, port: 53 }),
    },
  ];
}

function node(context: ComponentContext, { name, address }: NodeAddress): readonly Component[] {
  const { layout, addresses, credentials, program, configFile, runtime } = context;
  return [
    {
      name: `process-cri ${name}`,
      command: runtime.node,
      args: [runtime.main, '--config', configFile(`process-cri-${name}.json`)],
      // Compiled once, a node's runtime takes a third less memory: it never holds the compiler's own.
      env: { NODE_COMPILE_CACHE: runtime.compileCache },
      after: [],
      ready: () => accepts({ path: criSocket(name) }),
    },
    {
      name: `kubelet ${name}`,
      ...seeingCgroups(program('kubelet'), [
        `--config=${configFile(`kubelet-${name}.json`)}`,
        `--kubeconfig=${credentials.kubeconfigOf(name)}`,
        `--root-dir=${layout.node(name).kubelet}`,
        `--cert-dir=${join(layout.node(name).root, 'certificates')}`,
        `--hostname-override=${name}`,
        `--node-ip=${address}`,
      ]),
      env: smallHeap,
      after: ['kube-apiserver', `process-cri ${name}`],
      ready: (signal) =>
        httpsAnswers(
          { host: addresses.host, port: ports.apiServer, path: `/api/v1/nodes/${name}` },
          { authority: credentials.authority, client: credentials.admin },
          signal,
        ),
    },
  ];
}
