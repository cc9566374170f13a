import { splitImage } from '@gatefleet/kustomize';
import type { BuildRule } from '../../rule.ts';

export const imagePinnedByDigest: BuildRule = {
  id: 'image-pinned-by-digest',
  group: 'security',
  scope: 'build',
  severity: 'error',
  summary: 'An image without a digest in an environment whose stage is production, or from which is promoted to one.',
  why: 'A tag can be moved: what runs need not be what was tested.',
  remedy: 'Write the digest into version/kustomization.yaml of the environment.',
  *check({ objects, environment }) {
    if (environment?.reachesProduction !== true) return;
    for (const { object, title, containers } of objects.workloads()) {
      for (const { container, path, name } of containers) {
        const image = container['image'];
        if (typeof image !== 'string' || splitImage(image).digest !== '') continue;
        yield {
          message: `the container ${name} of ${title} runs ${image}, without a digest`,
          position: object.positionOf([...path, 'image']),
          remedy: `Add to ${environment.folder}/version/kustomization.yaml the image ${splitImage(image).name} with its digest.`,
          object: object.id,
        };
      }
    }
  },
};
