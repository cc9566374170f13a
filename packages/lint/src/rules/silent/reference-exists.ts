import { posix } from 'node:path';
import type { KustomizationRule } from '../../rule.ts';

/** Fields that name kustomizations, which may lie anywhere; files of the others must be in the kustomization's folder or below. */
const anywhere = new Set(['resources', 'bases', 'components']);

export const referenceExists: KustomizationRule = {
  id: 'reference-exists',
  group: 'silent',
  scope: 'kustomization',
  severity: 'error',
  summary: 'A kustomization that names a file or folder which is not there, or which kustomize will not read.',
  why: 'The whole build fails. kustomize reads no file above the folder of its kustomization; only other kustomizations may lie elsewhere.',
  remedy: 'Correct the path. To share a file, make a Component of it, and name that.',
  *check({ kustomization, repository }) {
    const { folder, document } = kustomization;
    for (const { field, at, written, target } of kustomization.references) {
      const position = document.positionOf(at);
      if (target.kind === 'missing') {
        yield {
          message: `${field} names ${written}, which is not there`,
          position,
          remedy: 'Correct the path, or add what it names.',
        };
      } else if (target.kind === 'outside') {
        yield {
          message: `${field} names ${written}, which is outside of the repository`,
          position,
          remedy: 'Copy it into the repository, or name it by its address.',
        };
      } else if (target.kind === 'file' && posix.relative(folder, target.path).startsWith('..')) {
        const share = anywhere.has(field)
          ? 'Give that folder a kustomization and name the folder.'
          : 'Move the file here, or share it by a Component.';
        yield {
          message: `${field} names the file ${written} above its own folder, which kustomize will not read`,
          position,
          remedy: share,
        };
      } else if (target.kind === 'kustomization' && !repository.kustomizations.has(target.folder)) {
        yield {
          message: `${field} names the folder ${written}, which has no kustomization`,
          position,
          remedy: 'Add a kustomization.yaml there, or name its files.',
        };
      }
    }
  },
};
