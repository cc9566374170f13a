import { workloadsBehind } from '../../input/label-selector.ts';
import type { BuildRule } from '../../rule.ts';

export const workloadHasProbes: BuildRule = {
  id: 'workload-has-probes',
  group: 'security',
  scope: 'build',
  severity: 'warning',
  summary: 'Pods behind a Service of which no container has a readinessProbe.',
  why: 'Traffic reaches them before they can serve it, and while they cannot.',
  remedy: 'Add a readinessProbe.',
  *check(input) {
    const served = new Set(input.objects.ofKind('Service').flatMap((service) => workloadsBehind(input, service)));
    for (const { object, title, containers, podSpecPath } of served) {
      if (containers.some(({ container }) => container['readinessProbe'] !== undefined)) continue;
      const [first] = containers;
      yield {
        message: `no container of ${title} has a readinessProbe`,
        position: object.positionOf(first?.path ?? podSpecPath),
        remedy: 'Add a readinessProbe to the container that serves.',
        object: object.id,
      };
    }
  },
};
