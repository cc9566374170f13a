import { join } from 'node:path';
import type { Problem } from '@gatefleet/environment';
import type { Base } from './base.ts';
import { textOf } from './changes.ts';
import { versionFile, versionProblems } from './version.ts';

/** What is wrong with an environment's version Component; nothing where there is none yet. */
export async function readVersionProblems(root: string, environment: string, base: Base): Promise<readonly Problem[]> {
  const path = `overlays/${environment}/${versionFile}`;
  const text = await textOf(join(root, path));
  return text === undefined ? [] : versionProblems(path, text, base);
}
