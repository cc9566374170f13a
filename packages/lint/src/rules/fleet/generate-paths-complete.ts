import { posix } from 'node:path';
import { applicationsOf } from '../../input/deployment.ts';
import { mappingOf } from '../../mapping.ts';
import type { FleetRule } from '../../rule.ts';

/** @see https://argo-cd.readthedocs.io/en/stable/operator-manual/high_availability/#manifest-paths-annotation */
const annotation = 'argocd.argoproj.io/manifest-generate-paths';

export const generatePathsComplete: FleetRule = {
  id: 'generate-paths-complete',
  group: 'fleet',
  scope: 'fleet',
  severity: 'error',
  summary: 'An Application whose manifest-generate-paths leave out something that its kustomization is built from.',
  why: 'Argo CD does not see a change there: it keeps serving manifests of an older commit.',
  remedy: 'Add the folder to the annotation.',
  *check(fleet) {
    for (const { object, path, build } of applicationsOf(fleet)) {
      const text = mappingOf(mappingOf(object.object['metadata'])['annotations'])[annotation];
      if (typeof text !== 'string' || !fleet.repository.kustomizations.has(path)) continue;
      const covered = text
        .split(';')
        .filter((each) => each !== '')
        .map((each) => resolved(each, path));
      const missing = fleet.repository
        .closureOf(path)
        .files.filter((file) => !covered.some((each) => covers(each, file)));
      if (missing.length === 0) continue;
      const folders = [...new Set(missing.map((file) => posix.dirname(file)))];
      yield {
        message: `the manifest-generate-paths of ${object.id.name} leave out ${folders.join(', ')}`,
        position: object.positionOf(['metadata', 'annotations', annotation]),
        remedy: `Write ${[text, ...folders.map((folder) => `/${folder}`)].join(';')}`,
        object: object.id,
        environments: [build.name],
      };
    }
  },
};

/** From the root: with a slash as it is, else from the Application's path. */
function resolved(entry: string, path: string): string {
  return entry.startsWith('/') ? posix.normalize(entry.slice(1)) : posix.normalize(posix.join(path, entry));
}

function covers(entry: string, file: string): boolean {
  const folder = entry.replace(/\/+$/, '');
  if (folder === '.' || folder === '' || file === folder || file.startsWith(`${folder}/`)) return true;
  if (!folder.includes('*')) return false;
  return new RegExp(`^${folder.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*')}(/|$)`).test(file);
}
