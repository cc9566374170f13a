import { posix } from 'node:path';
import type { Kustomization } from '@gatefleet/kustomize';

/** Folders of the kustomizations that no other names: what is deployed. Components are never deployed by themselves. */
export function deployed(kustomizations: readonly Kustomization[]): ReadonlySet<string> {
  const used = new Set(
    kustomizations.flatMap(({ references }) =>
      references.flatMap(({ target }) => (target.kind === 'kustomization' ? [target.folder] : [])),
    ),
  );
  return new Set(
    kustomizations
      .filter(({ kind, folder }) => kind === 'Kustomization' && !used.has(folder))
      .map(({ folder }) => folder),
  );
}

/** The nearest folder that all of these are below. */
export function commonFolder(folders: readonly string[]): string {
  const [first = [], ...others] = folders.map((folder) => posix.dirname(folder).split('/'));
  const differs = first.findIndex((step, index) => others.some((other) => other[index] !== step));
  return first.slice(0, differs === -1 ? undefined : differs).join('/') || '.';
}
