import { consulServers, majorityOf } from '../../input/consul-server.ts';
import { valueAt } from '../../input/build-input.ts';
import { countOf } from '../../input/scale.ts';
import type { BuildRule } from '../../rule.ts';

const strategy = ['spec', 'updateStrategy'] as const;
const atOnce = [...strategy, 'rollingUpdate', 'maxUnavailable'] as const;

/** @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#maximum-unavailable-pods : shares are rounded up */
export const quorumSurvivesRollout: BuildRule = {
  id: 'quorum-survives-rollout',
  group: 'quorum',
  scope: 'build',
  severity: 'error',
  summary: 'Consul servers of which a rollout may end so many at once that no majority is left.',
  why: 'Until they are back nothing is written, and no gateway that starts gets its certificates. Without a readinessProbe the rollout does not wait for a server before it ends the next.',
  remedy: 'Leave maxUnavailable of the update strategy at 1, and give the servers a readinessProbe.',
  *check(input) {
    for (const { workload, container, replicas } of consulServers(input)) {
      const { object, title } = workload;
      // A person ends each server, and looks.
      if (valueAt(object.object, [...strategy, 'type']) === 'OnDelete') continue;
      const gone = countOf(valueAt(object.object, atOnce), replicas, 'up') ?? 1;
      if (gone > 1 && replicas - gone < majorityOf(replicas)) {
        yield {
          message: `a rollout of ${title} may end ${gone} of ${replicas} servers at once, and ${majorityOf(replicas)} must stay`,
          position: object.positionOf(atOnce),
          remedy: 'Write maxUnavailable: 1, or leave it out.',
          object: object.id,
        };
      }
      if (container.container['readinessProbe'] === undefined) {
        yield {
          message: `a rollout of ${title} does not wait for a server to be back: the container ${container.name} has no readinessProbe`,
          position: object.positionOf(container.path),
          remedy: 'Add a readinessProbe that fails until the server knows a leader.',
          object: object.id,
        };
      }
    }
  },
};
