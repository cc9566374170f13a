import { join } from 'node:path';
import type { Environment } from '@gatefleet/environment';
import { changesOf, planEnvironment, readBase, readFacts, type Change } from '@gatefleet/overlay';

/** How generated files of these environments differ from what their environment.yaml makes. @throws OverlayError */
export async function generatedChanges(root: string, environments: readonly Environment[]): Promise<readonly Change[]> {
  if (environments.length === 0) return [];
  const base = await readBase(join(root, 'base'));
  const changes = await Promise.all(
    environments.map(async (environment) => {
      return changesOf(planEnvironment(environment, base, await readFacts(root, environment)), root);
    }),
  );
  return changes.flat();
}
