import { humanPlan, markdownPlan, planFleet, type FleetPlan } from '@gatefleet/lint';
import { ensureTools } from '@gatefleet/toolchain';
import type { Progress } from '../output/progress.ts';
import type { CommandResult } from '../output/result.ts';

export interface PlanCommandOptions {
  /** The repository's root. */
  readonly root: string;
  /** Names of environments; all when empty. */
  readonly environments: readonly string[];
  readonly format: 'human' | 'json' | 'markdown';
  readonly progress: Pick<Progress, 'step'>;
  readonly signal: AbortSignal;
}

/**
 * Which certificates the repository's Ingresses come to, for which hosts, against which limits.
 *
 * @throws KustomizeError, ToolchainError
 */
export async function planCommand({
  root,
  environments,
  format,
  progress,
  signal,
}: PlanCommandOptions): Promise<CommandResult<FleetPlan>> {
  const { kustomize } = await ensureTools(['kustomize'], { signal });
  const plan = await progress.step('rendering', (say) =>
    planFleet({
      root,
      environments,
      kustomize: kustomize.path,
      signal,
      onBuilt: (done, of) => say(`${done} of ${of}`),
    }),
  );
  const unknown = environments.filter((name) => !plan.environments.includes(name));
  if (unknown.length > 0) {
    return { value: plan, text: `no environment ${unknown.join(', ')} with a valid environment.yaml\n`, exitCode: 2 };
  }
  return {
    value: plan,
    text: format === 'markdown' ? markdownPlan(plan) : humanPlan(plan),
    exitCode: plan.failed.length > 0 ? 1 : 0,
  };
}
