import { parseEnvironment, renderProblems } from '@gatefleet/environment';
import type { Tree } from '@nx/devkit';
import { NxKustomizeError } from '../errors.ts';
import { generatedChanges } from '../generated-changes.ts';
import { environmentFiles, writeChanges } from './environment-files.ts';

interface OutOfSync {
  readonly outOfSyncMessage: string;
  readonly outOfSyncDetails: string[];
}

/**
 * Brings everything that is generated to what each environment.yaml says; `nx sync:check` tells that it is not.
 *
 * @throws NxKustomizeError `ENVIRONMENT_INVALID`; OverlayError
 */
export default async function syncOverlays(tree: Tree): Promise<OutOfSync | undefined> {
  const parsed = environmentFiles(tree).map((file) => parseEnvironment(tree.read(file, 'utf8') ?? '', file));
  const problems = parsed.flatMap((each) => (each.kind === 'invalid' ? each.errors : []));
  if (problems.length > 0) {
    throw new NxKustomizeError('ENVIRONMENT_INVALID', `generating overlays:\n${renderProblems(problems)}`);
  }
  const changes = await generatedChanges(
    tree.root,
    parsed.flatMap((each) => (each.kind === 'valid' ? [each.environment] : [])),
  );
  if (changes.length === 0) return undefined;
  writeChanges(tree, changes);
  return {
    outOfSyncMessage: 'Generated overlays are not what their environment.yaml makes.',
    outOfSyncDetails: changes.map(({ kind, path }) => `${kind} ${path}`),
  };
}
