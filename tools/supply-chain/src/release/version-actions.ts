import { join } from 'node:path';
import { VersionActions } from 'nx/release';
import type { Tree } from 'nx/src/generators/tree.js';
import { runProgram } from '../run-program.ts';

/** Afterwards package-lock.json has the versions too. */
export async function afterAllProjectsVersioned(cwd: string, { dryRun = false }: { dryRun?: boolean }) {
  if (dryRun) return { changedFiles: [], deletedFiles: [] };
  await runProgram('npm', ['install', '--package-lock-only', '--ignore-scripts', '--no-audit'], { cwd });
  return { changedFiles: ['package-lock.json'], deletedFiles: [] };
}

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
