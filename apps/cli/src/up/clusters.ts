import { join } from 'node:path';
import type { Environment } from '@gatefleet/environment';
import { layoutOf, type Layout } from '@gatefleet/local-cluster';
import { CliError } from '../errors.ts';

/** The name by which Argo CD knows the cluster that it runs in. */
export const ownCluster = 'in-cluster';

/** One local cluster, and the environment that it is for. */
export interface PlannedCluster {
  readonly environment: Environment;
  /** Place among the clusters side by side; Argo CD runs in the first one, 0. */
  readonly index: number;
  /** Context in the kubeconfig: the cluster's name, as Argo CD knows it. */
  readonly context: string;
  readonly layout: Layout;
  /** What shows that it works. */
  readonly demoHost: string;
}

/** The address ranges allow no more. */
const mostClusters = 10;

/**
 * A cluster for each environment: the first one's files are in `home`, those of the others in folders below it.
 *
 * @throws {@link CliError} `BAD_ARGUMENT` for environments that would share a cluster, and for more than ten.
 */
export function planClusters(environments: readonly Environment[], home: Layout): readonly PlannedCluster[] {
  const names = environments.map(({ metadata }) => metadata.name).join(', ');
  if (environments.length > mostClusters)
    throw new CliError('BAD_ARGUMENT', `starting clusters for ${names}: at most ${mostClusters} fit side by side`);
  const clusters = environments.map(({ spec }) => spec.cluster.name);
  const shared = clusters.find((name, i) => clusters.indexOf(name) !== i);
  if (shared !== undefined) {
    throw new CliError(
      'BAD_ARGUMENT',
      `starting clusters for ${names}: more than one of them names cluster ${shared}`,
      {
        hint: 'an environment is its cluster’s only one: name one of them',
      },
    );
  }
  if (clusters.indexOf(ownCluster) > 0) {
    throw new CliError('BAD_ARGUMENT', `starting clusters for ${names}: Argo CD runs in the first one`, {
      hint: `put the environment whose cluster is ${ownCluster} first`,
    });
  }
  return environments.map((environment, index) => {
    const { cluster, domains } = environment.spec;
    return {
      environment,
      index,
      context: cluster.name === ownCluster ? 'gatefleet' : cluster.name,
      layout: index === 0 ? home : layoutOf(join(home.root, 'clusters', cluster.name)),
      demoHost: `shop.${domains[0] ?? ''}`,
    };
  });
}
