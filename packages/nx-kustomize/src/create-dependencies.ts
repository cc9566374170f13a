import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { existsIn, kustomizationFileNames, parseKustomization } from '@gatefleet/kustomize';
import type { CreateDependencies, CreateDependenciesContext, RawProjectGraphDependency } from '@nx/devkit';
import { fleetTag } from './graph/projects.ts';
import type { PluginOptions } from './options.ts';

/** What each kustomization names outside its own folder; the fleet, all that is deployed. */
export const createDependencies: CreateDependencies<PluginOptions> = async (_, context) => {
  const { DependencyType } = await import('@nx/devkit');
  const { projects, workspaceRoot } = context;
  const ownerOf = owners(context);
  const exists = existsIn(workspaceRoot);
  const ours = Object.entries(projects).filter(([, { tags = [] }]) => tags.some((tag) => tag.startsWith('kustomize:')));
  const fleet = ours.find(([, { tags = [] }]) => tags.includes(fleetTag))?.[0];
  return ours.flatMap(([source, { root, tags = [] }]): readonly RawProjectGraphDependency[] => {
    const toFleet: readonly RawProjectGraphDependency[] =
      fleet !== undefined && tags.includes('kustomize:overlay')
        ? [{ source: fleet, target: source, type: DependencyType.implicit }]
        : [];
    const sourceFile = kustomizationFileNames
      .map((name) => (root === '.' ? name : `${root}/${name}`))
      .find((path) => exists(path) === 'file');
    if (sourceFile === undefined) return toFleet;
    const parsed = parseKustomization(sourceFile, readFileSync(join(workspaceRoot, sourceFile), 'utf8'), exists);
    // createNodes has told what is wrong with it.
    if (parsed.kind === 'invalid') return toFleet;
    const targets = parsed.kustomization.references.flatMap(({ target }) => {
      if (target.kind === 'kustomization') return ownerOf(target.folder) ?? [];
      return target.kind === 'file' ? (ownerOf(target.path) ?? []) : [];
    });
    const edges = [...new Set(targets)]
      .filter((target) => target !== source)
      .map((target): RawProjectGraphDependency => ({ source, target, sourceFile, type: DependencyType.static }));
    return [...edges, ...toFleet];
  });
};

/** The project that a path belongs to: the one with the nearest root. */
function owners({ projects }: CreateDependenciesContext): (path: string) => string | undefined {
  const byRoot = new Map(Object.entries(projects).map(([name, { root }]) => [root, name]));
  const ownerOf = (path: string): string | undefined =>
    byRoot.get(path) ?? (path.includes('/') ? ownerOf(path.slice(0, path.lastIndexOf('/'))) : byRoot.get('.'));
  return ownerOf;
}
