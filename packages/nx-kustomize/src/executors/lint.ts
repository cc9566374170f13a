import { humanReport, lint } from '@gatefleet/lint';
import type { ExecutorContext } from '@nx/devkit';
import type { PluginOptions } from '../options.ts';
import { kustomizeProgram } from './kustomize-program.ts';
import { attempt, hasColour, print, taskOf } from './task.ts';

/** Checks one kustomization, and what it renders to where it is deployed. Fails on errors; warnings are told. */
export default function lintTask(
  options: Pick<PluginOptions, 'kustomize'>,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  const { root, folder } = taskOf(context);
  return attempt(async () => {
    const report = await lint({
      root,
      kustomize: await kustomizeProgram(options, root),
      scope: { kind: 'kustomizations', folders: [folder] },
    });
    print(humanReport(report, { colour: hasColour() }));
    return report.findings.every(({ severity }) => severity !== 'error');
  });
}
