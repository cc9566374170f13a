import {
  compareWithRevision,
  humanDiff,
  markdownDiff,
  type Comparison,
  type DiffReport,
} from '@gatefleet/overlay-diff';
import { ensureTools } from '@gatefleet/toolchain';
import type { Progress } from '../output/progress.ts';
import type { CommandResult } from '../output/result.ts';

export interface DiffOptions {
  /** The repository's root. */
  readonly root: string;
  /** Names of environments, or folders of kustomizations; all when empty. */
  readonly environments: readonly string[];
  /** Git revision to compare the work tree with. */
  readonly since: string;
  readonly format: 'human' | 'json' | 'markdown';
  readonly colour: boolean;
  readonly progress: Pick<Progress, 'step'>;
  readonly signal: AbortSignal;
}

/**
 * What the work tree changes in the rendered objects of each environment.
 *
 * @throws KustomizeError, ToolchainError
 */
export async function diffCommand(
  options: DiffOptions,
): Promise<CommandResult<DiffReport | Exclude<Comparison, { kind: 'compared' }>>> {
  const { root, environments, since, format, colour, progress, signal } = options;
  const { kustomize } = await ensureTools(['kustomize'], { signal });
  const comparison = await progress.step(`rendering, at ${since} and now`, (say) =>
    compareWithRevision({
      root,
      since,
      only: environments,
      kustomize: kustomize.path,
      signal,
      onBuilt: (done, of) => say(`${done} of ${of}`),
    }),
  );
  if (comparison.kind === 'unknown') {
    const text = `nothing that is deployed is named ${comparison.names.join(', ')}; there are ${comparison.leaves.join(', ') || 'none'}\n`;
    return { value: comparison, text, exitCode: 2 };
  }
  const { report } = comparison;
  return {
    value: report,
    text: format === 'markdown' ? markdownDiff(report) : humanDiff(report, { colour }),
    exitCode: report.failed.some(({ side }) => side === 'after') ? 1 : 0,
  };
}
