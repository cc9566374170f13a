import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { humanReport, lint } from '@gatefleet/lint';
import type { ExecutorContext } from '@nx/devkit';
import type { PluginOptions } from '../options.ts';
import { kustomizeProgram } from './kustomize-program.ts';
import { attempt, hasColour, print } from './task.ts';

/** Checks everything that is deployed together, from what the render tasks left. */
export default function lintFleetTask(
  options: Pick<PluginOptions, 'kustomize'>,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  const { root } = context;
  return attempt(async () => {
    const kustomize = await kustomizeProgram(options, root);
    const report = await lint({ root, kustomize, rendered: await renderedBefore(context), scope: { kind: 'fleet' } });
    print(humanReport(report, { colour: hasColour() }));
    return report.findings.every(({ severity }) => severity !== 'error');
  });
}

/** The outputs of the projects' render targets, by folder. Nx has made or restored each of them, for the target depends on them. */
async function renderedBefore({ root, projectsConfigurations }: ExecutorContext): Promise<ReadonlyMap<string, string>> {
  const read = Object.values(projectsConfigurations.projects)
    .filter(({ tags = [] }) => tags.includes('kustomize:overlay'))
    .map(async ({ root: folder, targets = {} }): Promise<readonly [string, string] | undefined> => {
      const options = targets['render']?.options as { readonly output?: string } | undefined;
      if (options?.output === undefined) return undefined;
      return [folder, await readFile(join(root, options.output), 'utf8')];
    });
  return new Map((await Promise.all(read)).filter((entry) => entry !== undefined));
}
