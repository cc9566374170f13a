import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnvironment, renderProblems } from '@gatefleet/environment';
import { applyChanges } from '@gatefleet/overlay';
import type { ExecutorContext } from '@nx/devkit';
import { generatedChanges } from '../generated-changes.ts';
import { attempt, print, taskOf } from './task.ts';

/** Makes an environment's overlay and Application. One mistake in environment.yaml, and nothing is written. */
export default function generateTask(_: object, context: ExecutorContext): Promise<{ success: boolean }> {
  const { root, folder } = taskOf(context);
  return attempt(async () => {
    const file = `${folder}/environment.yaml`;
    const parsed = parseEnvironment(await readFile(join(root, file), 'utf8'), file);
    if (parsed.kind === 'invalid') {
      print(`${renderProblems(parsed.errors)}\n`);
      return false;
    }
    const changes = await generatedChanges(root, [parsed.environment]);
    await applyChanges(changes, root);
    print(changes.length === 0 ? 'all as generated\n' : changes.map(({ kind, path }) => `${kind} ${path}\n`).join(''));
    return true;
  });
}
