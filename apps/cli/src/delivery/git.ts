import { CliError } from '../errors.ts';
import { runProgram } from '../run-program.ts';

/** A commit as people know it. */
export interface Commit {
  readonly id: string;
  readonly subject: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Runs git in the repository. @throws {@link CliError} `COMMAND_FAILED` with git's words. */
export const git = async (root: string, ...args: readonly string[]): Promise<string> =>
  (await runProgram('git', ['-C', root, ...args])).trimEnd();

/** Whether this clone has a commit. */
export const hasCommit = (root: string, id: string): Promise<boolean> =>
  git(root, 'cat-file', '-e', `${id}^{commit}`).then(
    () => true,
    () => false,
  );

/** The commit that a revision names. @throws {@link CliError} `COMMAND_FAILED`, with what to fetch. */
export async function resolveCommit(root: string, revision: string): Promise<string> {
  try {
    return await git(root, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`);
  } catch (cause) {
    throw new CliError('COMMAND_FAILED', `looking for the commit ${revision}: this clone does not have it`, {
      hint: 'git fetch --all',
      cause,
    });
  }
}

/** A commit's subject and time; undefined where this clone does not have it. */
export async function describeCommit(root: string, id: string): Promise<Commit | undefined> {
  const text = await git(root, 'show', '--no-patch', '--format=%H%x09%cI%x09%s', id).catch(() => undefined);
  const [full, at, ...subject] = text?.split('\t') ?? [];
  return full === undefined || at === undefined ? undefined : { id: full, at, subject: subject.join('\t') };
}

/** Commits after `since` up to HEAD that touch one of the paths, the newest first. */
export const commitsSince = (root: string, since: string, paths: readonly string[]): Promise<readonly Commit[]> =>
  commitsOf(root, '--no-merges', `${since}..HEAD`, '--', ...paths);

/** What a branch was moved to after `since`, the newest first. */
export const movesSince = (root: string, since: string, tip: string): Promise<readonly Commit[]> =>
  commitsOf(root, '--first-parent', `${since}..${tip}`);

async function commitsOf(root: string, ...log: readonly string[]): Promise<readonly Commit[]> {
  const text = await git(root, 'log', '--format=%H%x09%cI%x09%s', ...log);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [id = '', at = '', ...subject] = line.split('\t');
      return { id, at, subject: subject.join('\t') };
    });
}

/** Refuses to go on where files that git tracks are changed. @throws {@link CliError} `WORK_TREE_CHANGED` */
export async function requireClean(root: string, doing: string, paths: readonly string[] = []): Promise<void> {
  const changed = await git(root, 'status', '--porcelain', '--untracked-files=no', '--', ...paths);
  if (changed === '') return;
  throw new CliError('WORK_TREE_CHANGED', `${doing}: these files have changes that are not committed:\n${changed}`, {
    hint: 'commit or stash them first',
  });
}

/** The tree of a commit. */
export const treeOf = (root: string, commit: string): Promise<string> =>
  git(root, 'rev-parse', '--verify', `${commit}^{tree}`);

/** Makes a commit of a tree, signed where the user's commits are; no branch moves. */
export async function commitTree(
  root: string,
  tree: string,
  parents: readonly string[],
  message: string,
): Promise<string> {
  const isSigned = (await git(root, 'config', '--type=bool', '--default=false', 'commit.gpgSign')) === 'true';
  const args = ['commit-tree', ...(isSigned ? ['-S'] : []), ...parents.flatMap((parent) => ['-p', parent]), tree];
  return (await runProgram('git', ['-C', root, ...args], { input: message })).trim();
}
