import { mappingOf } from '../../mapping.ts';
import { workloadsBehind } from '../../input/label-selector.ts';
import { formatObjectId } from '@gatefleet/kustomize';
import type { BuildRule } from '../../rule.ts';

export const serviceSelectsPods: BuildRule = {
  id: 'service-selects-pods',
  group: 'references',
  scope: 'build',
  severity: 'error',
  summary: 'A Service whose selector selects no Pods of what is deployed with it.',
  why: 'It has no endpoints: every connection to it is refused.',
  remedy: 'Give the selector labels that the Pod template has.',
  *check(input) {
    for (const service of input.objects.ofKind('Service')) {
      const selector = mappingOf(mappingOf(service.object['spec'])['selector']);
      if (Object.keys(selector).length === 0 || workloadsBehind(input, service).length > 0) continue;
      const pairs = Object.entries(selector).map(([key, value]) => `${key}=${String(value)}`);
      yield {
        message: `${formatObjectId(service.id)} selects ${pairs.join(', ')}, which no Pod has`,
        position: service.positionOf(['spec', 'selector'], { atKey: true }),
        remedy: 'Give the selector labels that the Pod template has.',
        object: service.id,
      };
    }
  },
};
