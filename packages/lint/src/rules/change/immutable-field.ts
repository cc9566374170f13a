import { formatObjectId } from '@gatefleet/kustomize';
import { isDeepStrictEqual } from 'node:util';
import { changedBuilds, changedObjects } from '../../input/changed-objects.ts';
import { valueAt, type Path } from '../../input/build-input.ts';
import { mappingOf, textOf } from '../../mapping.ts';
import type { ChangeRule } from '../../rule.ts';

interface Immutable {
  readonly kind: string;
  readonly paths: readonly Path[];
  readonly remedy: string;
}

const anew = 'Undo it, or give the object another name, so that the new one is made beside the old one.';

/** @see https://kubernetes.io/docs/concepts/workloads/controllers/ ; the API server's validation of updates */
const immutable: readonly Immutable[] = [
  { kind: 'Deployment', paths: [['spec', 'selector']], remedy: anew },
  { kind: 'DaemonSet', paths: [['spec', 'selector']], remedy: anew },
  {
    kind: 'StatefulSet',
    paths: [
      ['spec', 'selector'],
      ['spec', 'serviceName'],
      ['spec', 'podManagementPolicy'],
      ['spec', 'volumeClaimTemplates'],
    ],
    remedy:
      'Undo it; or delete the StatefulSet and leave its Pods (kubectl delete --cascade=orphan), and sync: the new one takes them over. Volumes keep their size and class.',
  },
  {
    kind: 'Job',
    paths: [
      ['spec', 'selector'],
      ['spec', 'template'],
    ],
    remedy:
      'Give the Job another name, or let Argo CD replace it: argocd.argoproj.io/sync-options: Replace=true,Force=true, or a hook with BeforeHookCreation.',
  },
  {
    kind: 'Service',
    paths: [['spec', 'clusterIP']],
    remedy: 'Undo it, or delete the Service and sync: it is unreachable meanwhile.',
  },
  { kind: 'RoleBinding', paths: [['roleRef']], remedy: anew },
  { kind: 'ClusterRoleBinding', paths: [['roleRef']], remedy: anew },
  {
    kind: 'StorageClass',
    paths: [['provisioner'], ['parameters'], ['reclaimPolicy'], ['volumeBindingMode']],
    remedy: anew,
  },
  {
    kind: 'PersistentVolumeClaim',
    paths: [
      ['spec', 'storageClassName'],
      ['spec', 'accessModes'],
    ],
    remedy: anew,
  },
];

export const immutableField: ChangeRule = {
  id: 'immutable-field',
  group: 'change',
  scope: 'change',
  severity: 'error',
  summary: 'A change of a field that cannot be changed once the object is there.',
  why: 'The API server refuses it, and the whole sync stands still.',
  remedy: 'Undo it, or make the object anew as the finding says.',
  *check(change) {
    for (const build of changedBuilds(change)) {
      for (const { kind, paths, remedy } of immutable) {
        for (const { was, is } of changedObjects(build, kind)) {
          if (isReplaced(is.object)) continue;
          for (const path of paths) {
            if (isDeepStrictEqual(valueAt(was.object, path), valueAt(is.object, path))) continue;
            yield {
              message: `${formatObjectId(is.id)}: ${path.join('.')} cannot be changed, and has been since ${change.revision}`,
              position: is.positionOf(
                [...path, ...changedWithin(valueAt(was.object, path), valueAt(is.object, path))],
                {
                  atKey: true,
                },
              ),
              remedy,
              object: is.id,
              environments: [build.after.name],
            };
          }
        }
      }
    }
  },
};

/** Steps to the first value that is another than it was: what is written there decided, be it in a base or in an environment. */
function changedWithin(was: unknown, is: unknown): Path {
  if (typeof was !== 'object' || was === null || typeof is !== 'object' || is === null) return [];
  const steps: Path = Array.isArray(is) ? is.map((_, index) => index) : Object.keys(is);
  const changed = steps.find((step) => !isDeepStrictEqual(valueAt(was, [step]), valueAt(is, [step])));
  return changed === undefined ? [] : [changed, ...changedWithin(valueAt(was, [changed]), valueAt(is, [changed]))];
}

/** Argo CD deletes a hook before it makes it again, and replaces what says so. */
function isReplaced(object: Readonly<Record<string, unknown>>): boolean {
  const annotations = mappingOf(valueAt(object, ['metadata', 'annotations']));
  const policy = textOf(annotations['argocd.argoproj.io/hook-delete-policy']);
  const options = textOf(annotations['argocd.argoproj.io/sync-options']);
  return policy.includes('BeforeHookCreation') || /(^|,)\s*Force=true/.test(options);
}
