import { formatObjectId } from '@gatefleet/kustomize';
import { listOf, mappingOf, type Mapping, textOf } from '../../mapping.ts';
import { bytesOf } from '../../input/bytes.ts';
import { changedBuilds, changedObjects } from '../../input/changed-objects.ts';
import type { ChangeRule } from '../../rule.ts';

export const volumeNotShrunk: ChangeRule = {
  id: 'volume-not-shrunk',
  group: 'change',
  scope: 'change',
  severity: 'error',
  summary: 'A volume that is to be smaller than it was.',
  why: 'No volume can be made smaller; the API server refuses it.',
  remedy: 'Give it at least the size that it had.',
  *check(change) {
    for (const build of changedBuilds(change)) {
      for (const { was, is } of changedObjects(build, 'StatefulSet')) {
        const before = templates(was.object);
        for (const [index, template] of templates(is.object).entries()) {
          const old = before.find((each) => nameOf(each) === nameOf(template));
          const [from, to] = [sizeOf(old), sizeOf(template)];
          if (from === undefined || to === undefined || bytesOf(to) >= bytesOf(from)) continue;
          yield {
            message: `${formatObjectId(is.id)}: the volume ${nameOf(template)} shrinks from ${from} to ${to}`,
            position: is.positionOf([
              'spec',
              'volumeClaimTemplates',
              index,
              'spec',
              'resources',
              'requests',
              'storage',
            ]),
            remedy: `Give it at least ${from}.`,
            object: is.id,
            environments: [build.after.name],
          };
        }
      }
      for (const { was, is } of changedObjects(build, 'PersistentVolumeClaim')) {
        const [from, to] = [sizeOf(was.object), sizeOf(is.object)];
        if (from === undefined || to === undefined || bytesOf(to) >= bytesOf(from)) continue;
        yield {
          message: `${formatObjectId(is.id)} shrinks from ${from} to ${to}`,
          position: is.positionOf(['spec', 'resources', 'requests', 'storage']),
          remedy: `Give it at least ${from}.`,
          object: is.id,
          environments: [build.after.name],
        };
      }
    }
  },
};

function templates(object: Mapping): readonly Mapping[] {
  return listOf(mappingOf(object['spec'])['volumeClaimTemplates']).map(mappingOf);
}

function nameOf(claim: Mapping): string {
  return String(mappingOf(claim['metadata'])['name']);
}

function sizeOf(claim: Mapping | undefined): string | undefined {
  const { storage } = mappingOf(mappingOf(mappingOf(mappingOf(claim)['spec'])['resources'])['requests']);
  return storage === undefined ? undefined : textOf(storage);
}
