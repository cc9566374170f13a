import type { Repository } from '@gatefleet/kustomize';
import type { KustomizationRule } from '../../rule.ts';

export const unusedComponent: KustomizationRule = {
  id: 'unused-component',
  group: 'silent',
  scope: 'kustomization',
  severity: 'warning',
  summary: 'A Component that nothing names, or that changes nothing wherever it is named.',
  why: 'What it was written for does not happen, and nobody is told.',
  remedy: 'Name it under components of a kustomization, mend what it names, or remove it.',
  *check({ repository, kustomization, traces }) {
    if (kustomization.kind !== 'Component') return;
    const { folder, document } = kustomization;
    const position = document.positionOf(['kind']);
    if (repository.dependentsOf(folder).length === 0) {
      if (isOffered(folder, repository)) return;
      yield {
        message: `no kustomization names the Component ${folder}`,
        position,
        remedy: 'Name it under components of a kustomization, or remove it.',
      };
      return;
    }
    const uses = traces.flatMap(({ components }) => components.filter((use) => use.folder === folder));
    if (uses.length > 0 && uses.every(({ isEffective }) => !isEffective)) {
      yield {
        message: `the Component ${folder} changes nothing where it is used`,
        position,
        remedy: 'Mend the targets of its patches and overrides, or remove it.',
      };
    }
  },
};

/** Components that environment.yaml switches on: not every fleet has an environment with each of them. */
function isOffered(folder: string, repository: Repository): boolean {
  return (
    /^base\/components\//.test(folder) &&
    [...repository.files()].some(({ path }) => /^overlays\/[^/]+\/environment\.yaml$/.test(path))
  );
}
