import { consulServers, majorityOf } from '../../input/consul-server.ts';
import { namedNodes } from '../../input/named-nodes.ts';
import type { BuildRule } from '../../rule.ts';

export const quorumHasNodes: BuildRule = {
  id: 'quorum-has-nodes',
  group: 'quorum',
  scope: 'build',
  severity: 'error',
  summary: 'Consul servers that may run only on nodes given by name, which are too few.',
  why: 'Either one node has so many servers that its loss is the loss of the majority, or some find no node and never start. How many nodes a label stands for, git does not tell: minDomains of the spread constraint makes the scheduler insist on a number.',
  remedy: 'Name at least three nodes, or select them by a label.',
  *check(input) {
    for (const { workload, replicas } of consulServers(input)) {
      const nodes = namedNodes(workload);
      const spare = replicas - majorityOf(replicas);
      if (nodes === undefined || spare < 1) continue;
      const needed = Math.ceil(replicas / spare);
      const { names, path } = nodes;
      if (names.length >= needed) continue;
      yield {
        message: `the ${replicas} servers of ${workload.title} may run on ${names.join(', ')} only, and the loss of one node must leave ${majorityOf(replicas)}`,
        position: workload.object.positionOf(path, { atKey: true }),
        remedy: `Name at least ${needed} nodes, or select them by a label that as many have.`,
        object: workload.object.id,
      };
    }
  },
};
