import type { Environment } from '@gatefleet/environment';
import { connectArgoCdCore, type Applications } from 'argocd-ts-client';
import { readEnvironments } from '../environments.ts';
import { CliError } from '../errors.ts';
import { kubernetesOpener, type Kubernetes } from '../kubernetes.ts';
import { ownCluster } from '../up/clusters.ts';
import { workspace } from '../workspace.ts';

/** The environments of the work tree, the Argo CD that syncs them, and the clusters that they run in. */
export interface Fleet {
  readonly root: string;
  readonly environments: ReadonlyMap<string, Environment>;
  readonly applications: Applications;
  /** The environment of that name. @throws {@link CliError} `ENVIRONMENT_UNKNOWN` */
  readonly environment: (name: string) => Environment;
  /** The API server of an environment's cluster. @throws {@link CliError} `CONTEXT_UNKNOWN`, where no kubeconfig has one for it. */
  readonly clusterOf: (environment: Environment) => Promise<Kubernetes>;
}

export interface FleetOptions {
  /** Context of the cluster that Argo CD runs in; the local cluster when left out. */
  readonly context?: string | undefined;
}

/**
 * Argo CD is reached through the Kubernetes API of its cluster with the user's own rights; an environment's cluster by the context of the
 * user's kubeconfig that has the cluster's name.
 *
 * @throws {@link CliError} `NOT_RUNNING`, `CONTEXT_UNKNOWN`, `ENVIRONMENT_INVALID`
 */
export async function openFleet({ context }: FleetOptions): Promise<Fleet> {
  const { root, cluster: layout } = workspace;
  const open = kubernetesOpener(layout);
  const [environments, kubernetes] = await Promise.all([readEnvironments(root), open(context)]);
  const opened = new Map<string, Promise<Kubernetes>>([[ownCluster, Promise.resolve(kubernetes)]]);
  const { applications } = connectArgoCdCore({
    server: kubernetes.server,
    tls: kubernetes.credentials,
    token: () => kubernetes.token(),
    initiator: 'gatefleet',
  });
  return {
    root,
    environments,
    applications,
    environment(name) {
      const found = environments.get(name);
      if (found !== undefined) return found;
      throw new CliError('ENVIRONMENT_UNKNOWN', `looking for environment ${name}: there is no overlays/${name}`, {
        hint: `there are ${[...environments.keys()].join(', ') || 'none'}`,
      });
    },
    clusterOf({ spec }) {
      const { name } = spec.cluster;
      const known = opened.get(name) ?? open(name);
      opened.set(name, known);
      return known;
    },
  };
}
