import { listOf, mappingOf, textOf } from '../../mapping.ts';
import type { FleetRule } from '../../rule.ts';

export const productionFollowsStaging: FleetRule = {
  id: 'production-follows-staging',
  group: 'fleet',
  scope: 'fleet',
  severity: 'error',
  summary: 'A production environment with a version that no staging environment has, or ever had.',
  why: 'Nobody has seen it run.',
  remedy: 'Bring the version to staging first, and promote it from there.',
  *check({ environments, repository, stagedVersions }) {
    const staging = environments.filter(({ environment }) => environment.spec.stage === 'staging');
    if (staging.length === 0) return;
    for (const production of environments.filter(({ environment }) => environment.spec.stage === 'production')) {
      const path = `${production.folder}/version/kustomization.yaml`;
      const document = repository.file(path)?.documents[0];
      for (const [index, image] of listOf(mappingOf(document?.value)['images']).entries()) {
        const { name, newTag, digest } = mappingOf(image);
        const version = textOf(digest ?? newTag);
        if (document === undefined || version === '' || stagedVersions.has(`${String(name)} ${version}`)) continue;
        yield {
          message: `${production.name} runs ${String(name)} ${version}, which ${staging.map((each) => each.name).join(', ')} never had`,
          position: document.positionOf(['images', index]),
          remedy: `Bring it to ${staging[0]?.name ?? ''} first, and promote it from there. In a shallow clone the history is not there: git fetch --unshallow.`,
          environments: [production.name],
        };
      }
    }
  },
};
