import type { BuildResult, Repository } from '@gatefleet/kustomize';
import { Schemas } from '@gatefleet/kubernetes-schema';
import { ObjectIndex, type BuildInput } from './input/build-input.ts';
import type { LintEnvironment } from './input/lint-environment.ts';
import { isMapping, type Mapping } from './mapping.ts';

/** What rules look at, of each build that did not fail. */
export function buildInputs(
  repository: Repository,
  built: readonly BuildResult[],
  environments: readonly LintEnvironment[],
): readonly BuildInput[] {
  const byFolder = new Map(environments.map((environment) => [environment.folder, environment]));
  const schemas = Schemas.pinned().withCustomResourceDefinitions(definitionsIn(repository));
  return built.flatMap((result) => {
    if (result.kind === 'failed') return [];
    const { build } = result;
    const environment = byFolder.get(build.folder);
    return [
      {
        name: environment?.name ?? build.folder,
        repository,
        build,
        environment,
        objects: new ObjectIndex(build.objects),
        schemas,
      },
    ];
  });
}

/** CustomResourceDefinitions anywhere in the repository: what defines a kind may be deployed by somebody else. */
function definitionsIn(repository: Repository): readonly Mapping[] {
  return [...repository.files()]
    .filter(({ text }) => text.includes('CustomResourceDefinition'))
    .flatMap(({ documents }) => documents.map(({ value }) => value).filter(isMapping));
}
