import { compareWithRevision, humanDiff } from '@gatefleet/overlay-diff';
import type { ExecutorContext } from '@nx/devkit';
import type { PluginOptions } from '../options.ts';
import { kustomizeProgram } from './kustomize-program.ts';
import { attempt, hasColour, print, taskOf } from './task.ts';

export interface DiffTaskOptions extends Pick<PluginOptions, 'kustomize'> {
  /** Git revision to compare the work tree with. */
  readonly since?: string;
}

export default function diffTask(options: DiffTaskOptions, context: ExecutorContext): Promise<{ success: boolean }> {
  const { root, folder } = taskOf(context);
  return attempt(async () => {
    const { since = 'HEAD' } = options;
    const kustomize = await kustomizeProgram(options, root);
    const comparison = await compareWithRevision({ root, since, only: [folder], kustomize });
    if (comparison.kind === 'unknown') throw new Error(`nothing that is deployed is in ${folder}`);
    print(humanDiff(comparison.report, { colour: hasColour() }));
    return comparison.report.failed.every(({ side }) => side !== 'after');
  });
}
