import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KustomizeError } from './errors.ts';
import { readRepository, type Repository } from './repository.ts';

const run = promisify(execFile);

/** The tree of one git revision, as files. */
export interface RevisionTree {
  readonly repository: Repository;
  /** The commit that the revision names. */
  readonly commit: string;
  /** Removes the files. */
  readonly close: () => Promise<void>;
}

/**
 * Writes the tree of a revision into a folder of its own, readable by nobody else, and reads it.
 *
 * @throws KustomizeError `REVISION_UNREADABLE` where there is no git repository or no such revision.
 */
export async function readRevision(
  root: string,
  revision: string,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<RevisionTree> {
  const commit = await commitOf(root, revision, signal);
  const folder = await mkdtemp(join(tmpdir(), 'gatefleet-revision-'));
  const close = () => rm(folder, { recursive: true, force: true });
  try {
    const tree = await extract(root, commit, folder, signal);
    return { repository: await readRepository(tree, { signal }), commit, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function commitOf(root: string, revision: string, signal: AbortSignal | undefined): Promise<string> {
  try {
    // The end of options keeps a revision that starts with a dash from being one.
    const args = ['-C', root, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
    return (await run('git', args, { signal })).stdout.trim();
  } catch (cause) {
    signal?.throwIfAborted();
    throw new KustomizeError(
      'REVISION_UNREADABLE',
      `reading the revision ${revision} of ${root}: git has no such commit`,
      {
        hint: 'check the name; in a shallow clone, as CI makes them, fetch it first: git fetch --unshallow',
        cause,
      },
    );
  }
}

/** By a file between the two: a tar that has read the end of an archive leaves git with nobody to write the rest to. */
async function extract(root: string, commit: string, folder: string, signal: AbortSignal | undefined): Promise<string> {
  const [archive, tree] = [join(folder, 'tree.tar'), join(folder, 'tree')];
  try {
    await mkdir(tree);
    await run('git', ['-C', root, 'archive', '--format=tar', `--output=${archive}`, commit], { signal });
    await run('tar', ['-x', '-f', archive, '-C', tree], { signal });
    await rm(archive);
    return tree;
  } catch (cause) {
    signal?.throwIfAborted();
    throw new KustomizeError('REVISION_UNREADABLE', `writing the tree of ${commit} to ${tree}`, {
      hint: 'check that git and tar are there, and that the disk has room',
      cause,
    });
  }
}
