import type { Change } from '@gatefleet/overlay';
import type { Tree } from '@nx/devkit';

/** Every environment.yaml that an overlay is generated from. */
export function environmentFiles(tree: Tree): readonly string[] {
  return tree
    .children('overlays')
    .map((name) => `overlays/${name}/environment.yaml`)
    .filter((file) => tree.exists(file));
}

export function writeChanges(tree: Tree, changes: readonly Change[]): void {
  for (const { kind, path, after } of changes) {
    if (kind === 'remove') tree.delete(path);
    else tree.write(path, after);
  }
}
