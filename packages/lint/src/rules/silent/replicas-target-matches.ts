import { nearest } from '../../nearest.ts';
import { entriesOf } from '../../input/kustomization-input.ts';
import type { KustomizationRule } from '../../rule.ts';

export const replicasTargetMatches: KustomizationRule = {
  id: 'replicas-target-matches',
  group: 'silent',
  scope: 'kustomization',
  severity: 'error',
  summary: 'An entry of replicas that names no Deployment, StatefulSet or ReplicaSet.',
  why: 'kustomize refuses the whole build; in a shared base that is every environment.',
  remedy: 'Name a workload that has replicas, or remove the entry.',
  *check(input) {
    for (const entries of entriesOf(input)) {
      const missing = entries.find(({ field, hits }) => field === 'replicas' && hits.length === 0);
      if (missing === undefined) continue;
      const meant = nearest(missing.subject.replace(/^replicas of /, ''), missing.candidates);
      const there = [...new Set(missing.candidates)].toSorted().join(', ');
      yield {
        message: `the ${missing.subject} hit nothing`,
        position: missing.position,
        remedy:
          meant !== undefined
            ? `Did you mean ${meant}? Else remove the entry.`
            : `Remove it, or name a workload with replicas: ${there || 'there is none'}.`,
      };
    }
  },
};
