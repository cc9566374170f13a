import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { InputDefinition } from './nx.ts';

/**
 * Inputs that change when the plugin does: its version where it is installed; where it is a package of the workspace, its
 * sources and those of the workspace's packages that it is made of. Nothing is known of one that is linked from elsewhere.
 *
 * @param packageFolder - the plugin's own, absolute.
 */
export function ownCodeInputs(workspaceRoot: string, packageFolder: string): readonly InputDefinition[] {
  const root = realpathSync(workspaceRoot);
  const folders = new Set<string>();
  const visit = (folder: string) => {
    const path = relative(root, folder);
    if (path.startsWith('..') || path.split('/').includes('node_modules') || folders.has(path)) return;
    folders.add(path);
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>;
    };
    for (const name of Object.keys(dependencies)) {
      const linked = join(root, 'node_modules', name);
      if (existsSync(linked)) visit(realpathSync(linked));
    }
  };
  visit(realpathSync(packageFolder));
  if (folders.size === 0) {
    // Not `externalDependencies`: those are of a lock file, and an error where it has not the package.
    const manifest = relative(root, join(realpathSync(packageFolder), 'package.json'));
    return manifest.startsWith('..') ? [] : [{ fileset: `{workspaceRoot}/${manifest}`, includeIgnored: true }];
  }
  return [...folders]
    .toSorted()
    .flatMap((folder) => [`{workspaceRoot}/${folder}/src/**/*`, `!{workspaceRoot}/${folder}/src/**/*.{test,real}.ts`]);
}
