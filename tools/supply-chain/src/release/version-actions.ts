import { join } from 'node:path';
import { VersionActions } from 'nx/release';
import type { Tree } from 'nx/src/generators/tree.js';

/**
 * How `nx release` reads and writes a version: `version` in package.json, and nothing else. What our packages want of one another is `*` in
 * this repository, and written out when they are built.
 */
export default class PackageVersion extends VersionActions {
  validManifestFilenames = ['package.json'];

  async readCurrentVersionFromSourceManifest(tree: Tree) {
    const manifestPath = join(this.projectGraphNode.data.root, 'package.json');
    const { version } = JSON.parse(tree.read(manifestPath, 'utf8') ?? '{}') as { version: string };
    return { manifestPath, currentVersion: version };
  }

  async readCurrentVersionFromRegistry() {
    return null;
  }

  async readCurrentVersionOfDependency() {
    return { currentVersion: null, dependencyCollection: null };
  }

  async updateProjectVersion(tree: Tree, version: string) {
    for (const { manifestPath } of this.manifestsToUpdate) {
      const text = tree.read(manifestPath, 'utf8') ?? '';
      tree.write(manifestPath, text.replace(/^ {2}"version": ".*"/m, `  "version": "${version}"`));
    }
    return this.manifestsToUpdate.map(({ manifestPath }) => `${manifestPath}: ${version}`);
  }

  async updateProjectDependencies() {
    return [];
  }
}
