import { join } from 'node:path';
import { changesOf, planEnvironment, readBase, readFacts } from '@gatefleet/overlay';
import type { Repository } from '@gatefleet/kustomize';
import type { StaleFile } from './fleet-input.ts';
import type { LintEnvironment } from './lint-environment.ts';

/**
 * Generated files that differ from what their environment.yaml makes of the base; none where there is no environment or no base.
 *
 * @throws OverlayError where the base cannot be read, or lacks what an environment decides.
 */
export async function staleFiles(
  { root, kustomizations }: Repository,
  environments: readonly LintEnvironment[],
): Promise<readonly StaleFile[]> {
  const ours = environments.filter(({ folder, name }) => folder === `overlays/${name}`);
  if (ours.length === 0 || !kustomizations.has('base')) return [];
  const base = await readBase(join(root, 'base'));
  const stale = await Promise.all(
    ours.map(async (environment) => {
      const facts = await readFacts(root, environment.environment);
      const changes = await changesOf(planEnvironment(environment.environment, base, facts), root);
      return changes.map(({ kind, path }) => ({ environment, kind, path }));
    }),
  );
  return stale.flat();
}
