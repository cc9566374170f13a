import type { BuildInput, BuiltObject } from './build-input.ts';
import type { ChangeInput } from './fleet-input.ts';

/** Two renderings of one kustomization, before and after. */
export interface ChangedBuild {
  readonly before: BuildInput;
  readonly after: BuildInput;
}

/** Kustomizations that were deployed before and are now. */
export function changedBuilds({ before, after }: ChangeInput): readonly ChangedBuild[] {
  const old = new Map(before.builds.map((build) => [build.build.folder, build]));
  return after.builds.flatMap((build) => {
    const was = old.get(build.build.folder);
    return was === undefined ? [] : [{ before: was, after: build }];
  });
}

/** Objects of this kind that are there before and after, and differ. */
export function changedObjects(
  { before, after }: ChangedBuild,
  kind: string,
): readonly { readonly was: BuiltObject; readonly is: BuiltObject }[] {
  return after.objects.ofKind(kind).flatMap((is) => {
    const was = before.objects.get(kind, is.id.namespace, is.id.name);
    // Equal texts are one object.
    return was === undefined || was.object === is.object ? [] : [{ was, is }];
  });
}
