import { formatObjectId } from '@gatefleet/kustomize';
import { mappingOf } from '../../mapping.ts';
import { consulServers, majorityOf } from '../../input/consul-server.ts';
import { selects } from '../../input/label-selector.ts';
import { countOf } from '../../input/scale.ts';
import type { BuildRule } from '../../rule.ts';

export const quorumSurvivesEviction: BuildRule = {
  id: 'quorum-survives-eviction',
  group: 'quorum',
  scope: 'build',
  severity: 'error',
  summary: 'Consul servers of which a drain may evict so many at once that no majority is left.',
  why: 'Without a majority nothing is written: no certificate is issued or renewed, and a gateway that starts reads none.',
  remedy: 'Give them a PodDisruptionBudget with maxUnavailable: 1.',
  *check(input) {
    for (const { workload, replicas } of consulServers(input)) {
      const budget = input.objects
        .ofKind('PodDisruptionBudget')
        .find(
          ({ id, object }) =>
            id.namespace === workload.namespace && selects(mappingOf(object['spec'])['selector'], workload.podLabels),
        );
      if (budget === undefined) {
        yield {
          message: `${workload.title} has no PodDisruptionBudget`,
          position: workload.object.positionOf(['metadata', 'name']),
          remedy: 'Add one with maxUnavailable: 1 that selects its Pods.',
          object: workload.object.id,
        };
        continue;
      }
      const { minAvailable, maxUnavailable } = mappingOf(budget.object['spec']);
      const field = maxUnavailable === undefined ? 'minAvailable' : 'maxUnavailable';
      const least = countOf(minAvailable, replicas, 'up');
      const gone = countOf(maxUnavailable, replicas, 'up') ?? (least === undefined ? undefined : replicas - least);
      if (gone === undefined || replicas - gone >= majorityOf(replicas)) continue;
      yield {
        message: `${formatObjectId(budget.id)} lets ${gone} of ${replicas} servers be evicted at once, and ${majorityOf(replicas)} must stay`,
        position: budget.positionOf(['spec', field]),
        remedy: 'Write maxUnavailable: 1.',
        object: budget.id,
      };
    }
  },
};
