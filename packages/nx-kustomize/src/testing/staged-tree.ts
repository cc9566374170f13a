import type { Tree } from '@nx/devkit';
import { FsTree } from 'nx/src/generators/tree';

/** A Tree over a folder: changes are kept in memory, and never written. */
export function stagedTree(root: string): Tree {
  return new FsTree(root, false);
}

/** `CREATE overlays/qa/kustomization.yaml`, sorted. */
export function staged(tree: Tree): readonly string[] {
  return tree
    .listChanges()
    .map(({ type, path }) => `${type} ${path}`)
    .toSorted();
}
