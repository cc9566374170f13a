import type { UnitName } from './units.ts';

/** How a program on PATH is asked for its version: arguments, and what to find in stdout; the first group is the version. */
export interface VersionProbe {
  readonly args: readonly string[];
  readonly pattern: RegExp;
}

export interface Tool {
  readonly unit: UnitName;
  /** A sentence for `doctor`: what needs it. */
  readonly neededBy: string;
  /** Made ready when it is asked for by name, and not with all. */
  readonly isByName?: true;
  /** Absent where the program cannot tell its version: then PATH is not looked at. */
  readonly probe?: VersionProbe;
}

const kubernetesProbe: VersionProbe = { args: ['--version'], pattern: /^Kubernetes (v\S+)/m };

const toolTable = {
  kustomize: {
    unit: 'kustomize',
    neededBy: 'rendering and linting overlays',
    probe: { args: ['version'], pattern: /^(v\S+)/m },
  },
  pebble: {
    unit: 'pebble',
    neededBy: 'the local environment and tests, as certificate authority (ACME)',
    probe: { args: ['-version'], pattern: /^Pebble version: (\S+)/m },
  },
  'pebble-challtestsrv': { unit: 'pebble', neededBy: 'tests, as the name server that Pebble asks' },
  etcd: {
    unit: 'etcd',
    neededBy: 'the local cluster, under the API server',
    probe: { args: ['--version'], pattern: /^etcd Version: (\S+)/m },
  },
  'kube-apiserver': { unit: 'kubernetes', neededBy: 'the local cluster', probe: kubernetesProbe },
  'kube-controller-manager': { unit: 'kubernetes', neededBy: 'the local cluster', probe: kubernetesProbe },
  'kube-scheduler': { unit: 'kubernetes', neededBy: 'the local cluster', probe: kubernetesProbe },
  kubelet: { unit: 'kubernetes', neededBy: 'the local cluster, one a node', probe: kubernetesProbe },
  'kube-proxy': { unit: 'kubernetes', neededBy: 'the local cluster, for Services', probe: kubernetesProbe },
  kubectl: {
    unit: 'kubernetes',
    neededBy: 'the local cluster and tests, to apply manifests',
    probe: { args: ['version', '--client'], pattern: /^Client Version: (v\S+)/m },
  },
  coredns: {
    unit: 'coredns',
    neededBy: 'the local cluster, for names of Services',
    probe: { args: ['-version'], pattern: /^CoreDNS-(\S+)/m },
  },
  traefik: {
    unit: 'traefik',
    neededBy: 'the local cluster, as the gateways',
    probe: { args: ['version'], pattern: /^Version:\s+(\S+)/m },
  },
  argocd: {
    unit: 'argocd',
    neededBy: 'the local cluster, to sync environments from git; the component is chosen by argv[0]',
    probe: { args: ['version', '--client', '--short'], pattern: /^argocd: (v[^+\s]+)/m },
  },
  consul: {
    unit: 'consul',
    neededBy: 'the local cluster and tests, as the store',
    probe: { args: ['version'], pattern: /^Consul (v\S+)/m },
  },
  'traefik-before': {
    unit: 'traefik-before',
    neededBy: 'tests of upgrades, as the gateways of before',
    isByName: true,
  },
  'consul-before': { unit: 'consul-before', neededBy: 'tests of upgrades, as the store of before', isByName: true },
  'metrics-server': {
    unit: 'metrics-server',
    neededBy: 'the local cluster, for autoscaling',
    probe: { args: ['--version'], pattern: /^(v\S+)/m },
  },
  'cri-streaming': { unit: 'cri-streaming', neededBy: 'the local cluster, for kubectl exec, attach and port-forward' },
  'go-httpbin': { unit: 'httpbin', neededBy: "the local cluster, as the team's example service" },
  crane: {
    unit: 'crane',
    neededBy: 'releases, to push images; tests, as a registry',
    probe: { args: ['version'], pattern: /^(v\S+)/m },
  },
  govulncheck: { unit: 'govulncheck', neededBy: 'the audit of the pinned programs' },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof toolTable;
export const tools: Readonly<Record<ToolName, Tool>> = toolTable;
/** All that `ensure --all` makes ready. */
export const commonTools: readonly ToolName[] = (Object.keys(toolTable) as ToolName[]).filter(
  (name) => tools[name].isByName !== true,
);
export const toolNames: readonly ToolName[] = Object.keys(toolTable) as ToolName[];
