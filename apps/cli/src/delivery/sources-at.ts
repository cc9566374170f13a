import { readRevision } from '@gatefleet/kustomize';
import { git } from './git.ts';

/**
 * What an environment is rendered from at each commit, as one text: the trees of the folders that its overlay is made of. Undefined where
 * the commit is not in this clone.
 *
 * @param at - the commit whose folders count. One that needs others has another overlay, and so another text.
 * @throws KustomizeError
 */
export async function sourcesAt(
  root: string,
  environment: string,
  at: string,
  commits: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string | undefined>> {
  const folders = await foldersOf(root, environment, at, signal);
  const distinct = [...new Set(commits)];
  const texts = await Promise.all(
    distinct.map((commit) =>
      git(root, 'rev-parse', ...folders.map((folder) => `${commit}:${folder}`)).catch(() => undefined),
    ),
  );
  return new Map(distinct.map((commit, index) => [commit, texts[index]]));
}

async function foldersOf(
  root: string,
  environment: string,
  at: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { repository, close } = await readRevision(root, at, { signal });
  try {
    const own = `overlays/${environment}`;
    return [...new Set([own, ...repository.closureOf(own).folders])].toSorted();
  } finally {
    await close();
  }
}
