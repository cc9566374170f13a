import type { Repository } from '@gatefleet/kustomize';
import { NxKustomizeError } from '../errors.ts';

/**
 * Name of the Application in the repository that deploys a folder.
 *
 * @throws NxKustomizeError `APPLICATION_UNKNOWN` where there is none, or more than one.
 */
export function applicationOf(repository: Repository, folder: string): string {
  const names = [...repository.files()]
    .filter(({ text }) => text.includes('kind: Application'))
    .flatMap(({ documents }) => documents.map(({ value }) => value as Partial<ApplicationManifest> | null))
    .filter((manifest) => manifest?.kind === 'Application' && manifest.spec?.source?.path === folder)
    .flatMap((manifest) => manifest?.metadata?.name ?? []);
  const [name, ...others] = names;
  if (name === undefined || others.length > 0) {
    const found = name === undefined ? 'no Application' : `${names.length} Applications (${names.join(', ')})`;
    throw new NxKustomizeError('APPLICATION_UNKNOWN', `looking for who deploys ${folder}: ${found} in the repository`, {
      hint: 'name it: nx run <project>:sync --application=<name>',
    });
  }
  return name;
}

interface ApplicationManifest {
  readonly kind: string;
  readonly metadata: { readonly name?: string };
  readonly spec: { readonly source?: { readonly path?: string } };
}
