import { splitImage } from '@gatefleet/kustomize';
import type { BuildRule } from '../../rule.ts';

export const imageIsFixed: BuildRule = {
  id: 'image-is-fixed',
  group: 'security',
  scope: 'build',
  severity: 'warning',
  summary: 'An image without a tag, or with the tag latest.',
  why: 'Two Pods of one workload may run different programs, and a roll-back changes nothing.',
  remedy: 'Name a version, or better a digest.',
  *check({ objects }) {
    for (const { object, title, containers } of objects.workloads()) {
      for (const { container, path, name } of containers) {
        const image = container['image'];
        if (typeof image !== 'string') continue;
        const { tag, digest } = splitImage(image);
        if (digest !== '' || (tag !== '' && tag !== 'latest')) continue;
        yield {
          message: `the container ${name} of ${title} runs ${image}, whatever that is at the time`,
          position: object.positionOf([...path, 'image']),
          remedy: 'Name a version, or better a digest.',
          object: object.id,
        };
      }
    }
  },
};
