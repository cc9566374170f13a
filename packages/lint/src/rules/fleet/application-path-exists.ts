import { applicationsOf } from '../../input/deployment.ts';
import type { FleetRule } from '../../rule.ts';

export const applicationPathExists: FleetRule = {
  id: 'application-path-exists',
  group: 'fleet',
  scope: 'fleet',
  severity: 'error',
  summary: 'An Argo CD Application of a folder that is not a kustomization of this repository.',
  why: 'Argo CD cannot make manifests: nothing of it is ever synced.',
  remedy: 'Correct spec.source.path.',
  *check(fleet) {
    const ours = new Set(fleet.environments.map(({ environment }) => environment.spec.sync.repository));
    for (const { path, repository, object, build } of applicationsOf(fleet)) {
      // Of other repositories nothing is known here.
      if (!ours.has(repository) || fleet.repository.kustomizations.has(path)) continue;
      yield {
        message: `the Application ${object.id.name} deploys ${path}, where there is no kustomization`,
        position: object.positionOf(['spec', 'source', 'path']),
        remedy: 'Correct the path.',
        object: object.id,
        environments: [build.name],
      };
    }
  },
};
