import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { humanReport, lint, type LintReport } from '@gatefleet/lint';
import type { ExecutorContext, ProjectConfiguration } from '@nx/devkit';
import type { PluginOptions } from '../options.ts';
import { kustomizeProgram } from './kustomize-program.ts';
import { attempt, hasColour, print } from './task.ts';

/**
 * Checks everything that is deployed together, from what the render tasks left; and Components, for what one does depends on
 * everything that uses it.
 */
export default function lintFleetTask(
  options: Pick<PluginOptions, 'kustomize'>,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  const { root } = context;
  return attempt(async () => {
    const kustomize = await kustomizeProgram(options, root);
    const together = await lint({ root, kustomize, rendered: await renderedBefore(context), scope: { kind: 'fleet' } });
    const components = tagged(context, 'kustomize:component').map(({ root: folder }) => folder);
    const each = await lint({ root, kustomize, scope: { kind: 'kustomizations', folders: components } });
    const report: LintReport = {
      findings: [...together.findings, ...each.findings],
      waived: [...together.waived, ...each.waived],
      checked: { ...together.checked, kustomizations: components.length },
    };
    print(humanReport(report, { colour: hasColour() }));
    return report.findings.every(({ severity }) => severity !== 'error');
  });
}

/** The outputs of the projects' render targets, by folder. Nx has made or restored each of them, for the target depends on them. */
async function renderedBefore(context: ExecutorContext): Promise<ReadonlyMap<string, string>> {
  const read = tagged(context, 'kustomize:overlay').map(
    async ({ root, targets = {} }): Promise<readonly [string, string] | undefined> => {
      const options = targets['render']?.options as { readonly output?: string } | undefined;
      if (options?.output === undefined) return undefined;
      return [root, await readFile(join(context.root, options.output), 'utf8')];
    },
  );
  return new Map((await Promise.all(read)).filter((entry) => entry !== undefined));
}

function tagged({ projectsConfigurations }: ExecutorContext, tag: string): readonly ProjectConfiguration[] {
  return Object.values(projectsConfigurations.projects).filter(({ tags = [] }) => tags.includes(tag));
}
