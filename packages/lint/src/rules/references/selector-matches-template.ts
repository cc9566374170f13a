import { mappingOf } from '../../mapping.ts';
import { selects } from '../../input/label-selector.ts';
import type { BuildRule } from '../../rule.ts';

const selecting = new Set(['Deployment', 'DaemonSet', 'StatefulSet', 'ReplicaSet']);

export const selectorMatchesTemplate: BuildRule = {
  id: 'selector-matches-template',
  group: 'references',
  scope: 'build',
  severity: 'error',
  summary: 'A workload whose selector does not select its own Pods.',
  why: 'The API server refuses it.',
  remedy: 'Give the Pod template the labels of the selector.',
  *check({ objects }) {
    for (const { kind, object, podLabels, title } of objects.workloads()) {
      const { selector } = mappingOf(object.object['spec']);
      if (!selecting.has(kind) || selector === undefined || selects(selector, podLabels)) continue;
      yield {
        message: `${title} does not select its own Pods`,
        position: object.positionOf(['spec', 'selector'], { atKey: true }),
        remedy:
          'Give the Pod template the labels of the selector; the selector itself cannot be changed once it is applied.',
        object: object.id,
      };
    }
  },
};
