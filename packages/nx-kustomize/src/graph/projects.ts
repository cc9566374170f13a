import type { ProjectConfiguration } from '@nx/devkit';
import { posix } from 'node:path';
import type { NormalizedOptions } from '../options.ts';
import { commonFolder, deployed } from './deployed.ts';
import type { InputDefinition } from './nx.ts';
import { projectNames } from './project-names.ts';
import { fleetTargets, kustomizationTargets } from './targets.ts';
import type { WorkspaceKustomizations } from './workspace-kustomizations.ts';

export const fleetTag = 'kustomize:fleet';

/** A project, and the file that made it one. */
export interface InferredProject {
  readonly file: string;
  readonly project: ProjectConfiguration;
}

/** Each kustomization as a project, and one for all that is deployed together. Pure. */
export function inferProjects(
  { kustomizations, environments, takenNames }: Omit<WorkspaceKustomizations, 'invalid'>,
  options: NormalizedOptions,
  code: readonly InputDefinition[],
): readonly InferredProject[] {
  const leaves = deployed(kustomizations);
  const fleetName = takenNames.has('fleet') ? 'kustomize-fleet' : 'fleet';
  const names = projectNames(
    kustomizations.map(({ folder }) => ({ folder, isEnvironment: environments.has(folder) })),
    new Set([...takenNames, fleetName]),
  );
  const inferred = kustomizations.map(({ folder, kind, document }): InferredProject => {
    const isDeployed = leaves.has(folder);
    const role = kind === 'Component' ? 'component' : isDeployed ? 'overlay' : 'base';
    return {
      file: document.file.path,
      project: {
        root: folder,
        name: names.get(folder) ?? folder,
        projectType: isDeployed ? 'application' : 'library',
        tags: [`kustomize:${role}`, ...(isDeployed ? [`environment:${posix.basename(folder)}`] : [])],
        targets: kustomizationTargets({ kind, isDeployed, isEnvironment: environments.has(folder) }, options, code),
      },
    };
  });
  const root = options.fleetRoot ?? commonFolder([...leaves]);
  const first = kustomizations.find(({ folder }) => leaves.has(folder));
  // A kustomization at the very root has all others below it: its own project is there already.
  if (first === undefined || names.has(root)) return inferred;
  const fleet: ProjectConfiguration = {
    root,
    name: fleetName,
    tags: [fleetTag],
    targets: fleetTargets(options, code),
  };
  return [...inferred, { file: first.document.file.path, project: fleet }];
}
