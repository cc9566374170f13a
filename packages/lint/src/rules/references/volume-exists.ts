import { listOf, mappingOf } from '../../mapping.ts';
import type { BuildRule } from '../../rule.ts';

export const volumeExists: BuildRule = {
  id: 'volume-exists',
  group: 'references',
  scope: 'build',
  severity: 'error',
  summary: 'A volume mount of a volume that the Pod does not have, or a claim that is not deployed with it.',
  why: 'The API server refuses the Pod, or it waits for the claim for ever.',
  remedy: 'Add the volume, or correct the name.',
  *check({ objects }) {
    for (const { object, podSpec, podSpecPath, containers, namespace, title } of objects.workloads()) {
      const names = (list: unknown) =>
        listOf(list).map((each) => String(mappingOf(each)['name'] ?? mappingOf(mappingOf(each)['metadata'])['name']));
      const volumes = new Set([
        ...names(podSpec['volumes']),
        ...names(mappingOf(object.object['spec'])['volumeClaimTemplates']),
      ]);
      for (const { container, path, name } of containers) {
        for (const [index, mount] of listOf(container['volumeMounts']).entries()) {
          const volume = String(mappingOf(mount)['name']);
          if (volumes.has(volume)) continue;
          yield {
            message: `the container ${name} of ${title} mounts the volume ${volume}, which the Pod does not have`,
            position: object.positionOf([...path, 'volumeMounts', index, 'name']),
            remedy: `Add the volume, or name one that is there: ${[...volumes].join(', ') || 'there is none'}.`,
            object: object.id,
          };
        }
      }
      for (const [index, volume] of listOf(podSpec['volumes']).entries()) {
        const { claimName } = mappingOf(mappingOf(volume)['persistentVolumeClaim']);
        if (typeof claimName !== 'string' || objects.get('PersistentVolumeClaim', namespace, claimName) !== undefined)
          continue;
        yield {
          message: `${title} uses the PersistentVolumeClaim ${claimName}, which is not there`,
          position: object.positionOf([...podSpecPath, 'volumes', index, 'persistentVolumeClaim', 'claimName']),
          remedy: `Add it, or name one that is there: ${objects.namesOf('PersistentVolumeClaim', namespace).join(', ') || 'there is none'}.`,
          object: object.id,
        };
      }
    }
  },
};
