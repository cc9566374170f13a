/**
 * What is built: one entry is one Go module with its own go.mod and go.sum, compiled by one `go build`.
 * Versions stand here and in the go.mod; a test compares them.
 */
export interface Unit {
  /** Go module that holds the packages. */
  readonly module: string;
  readonly version: string;
  /** Folder of go.mod from the repository's root, where there is Go source of ours beside it; absent: `modules/<name>`. */
  readonly folder?: string;
  /** Program's file name → its main package. */
  readonly programs: Readonly<Record<string, string>>;
  /** Go variables set by the linker, for programs that report or parse their own version. */
  readonly linkVariables?: Readonly<Record<string, string>>;
}

const kubernetesVersion = 'v1.36.3';

const unitTable = {
  kustomize: {
    module: 'sigs.k8s.io/kustomize/kustomize/v5',
    version: 'v5.8.1',
    programs: { kustomize: 'sigs.k8s.io/kustomize/kustomize/v5' },
    linkVariables: { 'sigs.k8s.io/kustomize/api/provenance.version': 'v5.8.1' },
  },
  pebble: {
    module: 'github.com/letsencrypt/pebble/v2',
    version: 'v2.10.3',
    programs: {
      pebble: 'github.com/letsencrypt/pebble/v2/cmd/pebble',
      'pebble-challtestsrv': 'github.com/letsencrypt/pebble/v2/cmd/pebble-challtestsrv',
    },
    linkVariables: { 'main.version': 'v2.10.3' },
  },
  etcd: {
    module: 'go.etcd.io/etcd/server/v3',
    version: 'v3.6.16',
    programs: { etcd: 'go.etcd.io/etcd/server/v3' },
  },
  kubernetes: {
    module: 'k8s.io/kubernetes',
    version: kubernetesVersion,
    programs: {
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
      'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
      kubelet: 'k8s.io/kubernetes/cmd/kubelet',
      'kube-proxy': 'k8s.io/kubernetes/cmd/kube-proxy',
      kubectl: 'k8s.io/kubernetes/cmd/kubectl',
    },
    // Without these, kubectl and Argo CD cannot parse the server's version.
    linkVariables: {
      'k8s.io/component-base/version.gitVersion': kubernetesVersion,
      'k8s.io/component-base/version.gitMajor': '1',
      'k8s.io/component-base/version.gitMinor': '36',
    },
  },
  coredns: {
    module: 'github.com/coredns/coredns',
    version: 'v1.14.7',
    programs: { coredns: 'github.com/coredns/coredns' },
  },
  traefik: {
    module: 'github.com/traefik/traefik/v3',
    version: 'v3.6.12',
    programs: { traefik: 'github.com/traefik/traefik/v3/cmd/traefik' },
    linkVariables: { 'github.com/traefik/traefik/v3/pkg/version.Version': '3.6.12' },
  },
  argocd: {
    module: 'github.com/argoproj/argo-cd/v3',
    version: 'v3.5.7',
    programs: { argocd: 'github.com/argoproj/argo-cd/v3/cmd' },
    linkVariables: { 'github.com/argoproj/argo-cd/v3/common.version': '3.5.7' },
  },
  consul: {
    module: 'github.com/hashicorp/consul',
    version: 'v1.19.2',
    programs: { consul: 'github.com/hashicorp/consul' },
  },
  'traefik-before': {
    module: 'github.com/traefik/traefik/v3',
    version: 'v3.6.10',
    programs: { 'traefik-before': 'github.com/traefik/traefik/v3/cmd/traefik' },
    linkVariables: { 'github.com/traefik/traefik/v3/pkg/version.Version': '3.6.10' },
  },
  'consul-before': {
    module: 'github.com/hashicorp/consul',
    version: 'v1.19.1',
    programs: { 'consul-before': 'github.com/hashicorp/consul' },
  },
  'metrics-server': {
    module: 'sigs.k8s.io/metrics-server',
    version: 'v0.9.0',
    programs: { 'metrics-server': 'sigs.k8s.io/metrics-server/cmd/metrics-server' },
    linkVariables: { 'k8s.io/client-go/pkg/version.gitVersion': 'v0.9.0' },
  },
  'cri-streaming': {
    module: 'k8s.io/cri-streaming',
    version: 'v0.36.3',
    folder: 'packages/process-cri/streaming',
    programs: { 'cri-streaming': 'gatefleet.dev/process-cri/streaming' },
  },
  httpbin: {
    module: 'github.com/mccutchen/go-httpbin/v2',
    version: 'v2.26.0',
    programs: { 'go-httpbin': 'github.com/mccutchen/go-httpbin/v2/cmd/go-httpbin' },
  },
  crane: {
    module: 'github.com/google/go-containerregistry',
    version: 'v0.22.1',
    programs: { crane: 'github.com/google/go-containerregistry/cmd/crane' },
    linkVariables: { 'github.com/google/go-containerregistry/cmd/crane/cmd.Version': 'v0.22.1' },
  },
  govulncheck: {
    module: 'golang.org/x/vuln',
    version: 'v1.9.0',
    programs: { govulncheck: 'golang.org/x/vuln/cmd/govulncheck' },
  },
} as const satisfies Record<string, Unit>;

export type UnitName = keyof typeof unitTable;
export const units: Readonly<Record<UnitName, Unit>> = unitTable;
