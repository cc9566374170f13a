import { listOf, mappingOf } from '../../mapping.ts';
import { selects } from '../../input/label-selector.ts';
import type { BuildRule } from '../../rule.ts';

export const spreadSelectsItself: BuildRule = {
  id: 'spread-selects-itself',
  group: 'references',
  scope: 'build',
  severity: 'error',
  summary: 'A spread constraint that does not select the workload’s own Pods.',
  why: 'The scheduler counts other Pods than these, so all of them may land on one node.',
  remedy: 'Select labels that the Pod template has.',
  *check({ objects }) {
    for (const { object, podSpec, podSpecPath, podLabels, title } of objects.workloads()) {
      for (const [index, constraint] of listOf(podSpec['topologySpreadConstraints']).entries()) {
        const { labelSelector } = mappingOf(constraint);
        if (labelSelector === undefined || selects(labelSelector, podLabels)) continue;
        yield {
          message: `${title} is spread by a selector that does not select its own Pods`,
          position: object.positionOf([...podSpecPath, 'topologySpreadConstraints', index, 'labelSelector'], {
            atKey: true,
          }),
          remedy: 'Select labels that the Pod template has.',
          object: object.id,
        };
      }
    }
  },
};
