import { mappingOf } from '../../mapping.ts';
import type { BuildRule } from '../../rule.ts';

const wanted = [
  ['requests', 'cpu'],
  ['requests', 'memory'],
  ['limits', 'memory'],
] as const;

export const containerHasResources: BuildRule = {
  id: 'container-has-resources',
  group: 'security',
  scope: 'build',
  severity: 'warning',
  summary: 'A container without requests of CPU and memory, or without a limit of memory.',
  why: 'Without requests the scheduler puts too much on a node; without a limit one container takes the memory of all. A limit of CPU is not asked for: it only delays.',
  remedy: 'Give it resources.requests.cpu, resources.requests.memory and resources.limits.memory.',
  *check({ objects }) {
    for (const { object, title, containers } of objects.workloads()) {
      for (const { container, path, name } of containers) {
        const resources = mappingOf(container['resources']);
        const missing = wanted.filter(([kind, resource]) => mappingOf(resources[kind])[resource] === undefined);
        if (missing.length === 0) continue;
        const fields = missing.map((each) => each.join('.')).join(', ');
        yield {
          message: `the container ${name} of ${title} has no ${fields}`,
          position: object.positionOf([...path, 'resources'], { atKey: true }),
          remedy: `Add resources: ${fields}.`,
          object: object.id,
        };
      }
    }
  },
};
