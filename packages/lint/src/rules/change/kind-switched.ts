import { formatObjectId } from '@gatefleet/kustomize';
import { changedBuilds } from '../../input/changed-objects.ts';
import type { ChangeRule } from '../../rule.ts';

const workloads = ['Deployment', 'DaemonSet', 'StatefulSet'] as const;

export const kindSwitched: ChangeRule = {
  id: 'kind-switched',
  group: 'change',
  scope: 'change',
  severity: 'warning',
  summary: 'A workload that becomes one of another kind under the same name.',
  why: 'The new one is made and the old one pruned: for a while there are both, or with PruneLast twice the Pods; where ports of nodes are used, the new ones wait for the old to end.',
  remedy: 'Sync it at a quiet hour, and watch that the old Pods end.',
  *check(change) {
    for (const { before, after } of changedBuilds(change)) {
      for (const kind of workloads) {
        for (const now of after.objects.ofKind(kind)) {
          if (before.objects.get(kind, now.id.namespace, now.id.name) !== undefined) continue;
          const old = workloads.find((each) => before.objects.get(each, now.id.namespace, now.id.name) !== undefined);
          if (old === undefined || after.objects.get(old, now.id.namespace, now.id.name) !== undefined) continue;
          yield {
            message: `${formatObjectId(now.id)} was a ${old} at ${change.revision}`,
            position: now.positionOf(['kind']),
            remedy: 'Sync it at a quiet hour, and watch that the old Pods end; undo it if it was not meant.',
            object: now.id,
            environments: [after.name],
          };
        }
      }
    }
  },
};
