import { clusterKey } from '../../input/deployment.ts';
import type { FleetRule } from '../../rule.ts';

export const namespaceOfOneEnvironment: FleetRule = {
  id: 'namespace-of-one-environment',
  group: 'fleet',
  scope: 'fleet',
  severity: 'error',
  summary: 'Two environments in one namespace of one cluster.',
  why: 'Each undoes what the other deploys.',
  remedy: 'Give one of them another namespace or cluster.',
  *check({ environments }) {
    const first = new Map<string, string>();
    for (const environment of environments) {
      // Each Argo CD has a cluster of its own that it calls in-cluster: the repository tells which is which.
      const { cluster, namespace, sync } = environment.environment.spec;
      const key = [
        clusterKey(cluster.name),
        namespace,
        clusterKey(cluster.name) === 'in-cluster' ? sync.repository : '',
      ].join('\0');
      const other = first.get(key);
      if (other === undefined) {
        first.set(key, environment.name);
        continue;
      }
      yield {
        message: `${environment.name} is deployed to the namespace ${namespace} of the cluster ${cluster.name}, and so is ${other}`,
        position: environment.positionOf(['spec', 'cluster', 'name']),
        remedy: `Give one of them a namespace of its own, such as spec.namespace: gatefleet-${environment.name}.`,
        environments: [environment.name, other],
      };
    }
  },
};
