import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { render } from '@gatefleet/kustomize';
import type { ExecutorContext } from '@nx/devkit';
import type { PluginOptions } from '../options.ts';
import { kustomizeProgram } from './kustomize-program.ts';
import { attempt, taskOf } from './task.ts';

export interface RenderTaskOptions extends Pick<PluginOptions, 'kustomize'> {
  /** The file, from the workspace's root. */
  readonly output: string;
}

export default function renderTask(
  options: RenderTaskOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  const { root, folder } = taskOf(context);
  return attempt(async () => {
    const { text } = await render(join(root, folder), { kustomize: await kustomizeProgram(options, root) });
    const file = join(root, options.output);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return true;
  });
}
