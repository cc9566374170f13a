import { consulServers, majorityOf } from '../../input/consul-server.ts';
import type { BuildRule } from '../../rule.ts';

export const quorumIsOdd: BuildRule = {
  id: 'quorum-is-odd',
  group: 'quorum',
  scope: 'build',
  severity: 'error',
  summary: 'Consul servers that are fewer than three, or an even number.',
  why: 'One or two servers survive the loss of none; four survive no more than three, and are likelier to lose one.',
  remedy: 'Run three servers to survive the loss of one, five to survive that of two.',
  *check(input) {
    for (const { workload, replicas } of consulServers(input)) {
      if (replicas >= 3 && replicas % 2 === 1) continue;
      const survives = replicas - majorityOf(replicas);
      yield {
        message: `${workload.title} has ${replicas} servers, which survive the loss of ${survives === 0 ? 'none' : survives}`,
        position: workload.object.positionOf(['spec', 'replicas']),
        remedy: `Run ${replicas > 4 ? replicas + 1 - (replicas % 2) : 3}.`,
        object: workload.object.id,
      };
    }
  },
};
