import { consulServers } from '../../input/consul-server.ts';
import { isSpread } from '../../input/spread.ts';
import type { BuildRule } from '../../rule.ts';

export const quorumIsSpread: BuildRule = {
  id: 'quorum-is-spread',
  group: 'quorum',
  scope: 'build',
  severity: 'error',
  summary: 'Consul servers that may run on one node.',
  why: 'The loss of that node is the loss of the majority.',
  remedy:
    'Add a required podAntiAffinity on kubernetes.io/hostname, or a spread constraint with maxSkew: 1 and DoNotSchedule.',
  *check(input) {
    for (const { workload } of consulServers(input)) {
      if (isSpread(workload, 'required')) continue;
      yield {
        message: `${workload.title} may have several servers on one node`,
        position: workload.object.positionOf(workload.podSpecPath, { atKey: true }),
        remedy: 'Add a required podAntiAffinity of its own Pods on kubernetes.io/hostname.',
        object: workload.object.id,
      };
    }
  },
};
