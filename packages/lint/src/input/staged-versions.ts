import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Repository } from '@gatefleet/kustomize';
import { parseDocument } from 'yaml';
import { listOf, mappingOf, textOf } from '../mapping.ts';
import type { LintEnvironment } from './lint-environment.ts';

const run = promisify(execFile);
const maxBuffer = 256 * 1024 * 1024;

/**
 * Versions that staging environments have or had, each as `image version`: from their version/kustomization.yaml as it is, and from all
 * commits that git has here.
 */
export async function stagedVersions(
  repository: Repository,
  environments: readonly LintEnvironment[],
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string>> {
  const paths = environments
    .filter(({ environment }) => environment.spec.stage === 'staging')
    .map(({ folder }) => `${folder}/version/kustomization.yaml`);
  if (paths.length === 0 || !environments.some(({ environment }) => environment.spec.stage === 'production'))
    return new Set();
  const now = paths.map((path) => repository.file(path)?.text ?? '');
  const before = await Promise.all(paths.map((path) => pastTexts(repository.root, path, signal)));
  return new Set([...now, ...before.flat()].flatMap(versionsIn));
}

function versionsIn(text: string): readonly string[] {
  return listOf(mappingOf(parseDocument(text).toJS())['images']).flatMap((image) => {
    const { name, newTag, digest } = mappingOf(image);
    return [digest, newTag]
      .map(textOf)
      .filter((version) => version !== '')
      .map((version) => `${textOf(name)} ${version}`);
  });
}

/** Every text that the file had; none outside of git. */
async function pastTexts(root: string, path: string, signal: AbortSignal | undefined): Promise<readonly string[]> {
  try {
    const { stdout } = await run('git', ['-C', root, 'log', '--format=%H', '--', path], { signal, maxBuffer });
    const commits = stdout.split('\n').filter((line) => line !== '');
    return await Promise.all(
      commits.map(async (commit) => {
        const shown = run('git', ['-C', root, 'show', `${commit}:./${path}`], { signal, maxBuffer });
        // A commit that removed the file has none.
        return shown.then((result) => result.stdout).catch(() => '');
      }),
    );
  } catch {
    signal?.throwIfAborted();
    return [];
  }
}
