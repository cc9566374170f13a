import { consulServers } from '../../input/consul-server.ts';
import type { BuildRule } from '../../rule.ts';

export const quorumIsExpected: BuildRule = {
  id: 'quorum-is-expected',
  group: 'quorum',
  scope: 'build',
  severity: 'error',
  summary: 'Consul servers whose -bootstrap-expect is not their number.',
  why: 'Expecting more, they never elect a leader; expecting fewer, two groups may each elect one.',
  remedy: 'Give -bootstrap-expect the number of replicas.',
  *check(input) {
    for (const { workload, container, replicas, bootstrapExpect } of consulServers(input)) {
      if (bootstrapExpect === undefined || bootstrapExpect === replicas) continue;
      yield {
        message: `${workload.title} has ${replicas} servers, and each expects ${bootstrapExpect}`,
        position: workload.object.positionOf(['spec', 'replicas']),
        remedy: `Make both ${replicas}: replicas, and what the container ${container.name} is told to expect.`,
        object: workload.object.id,
      };
    }
  },
};
