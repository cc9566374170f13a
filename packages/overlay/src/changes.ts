import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OverlayError } from './errors.ts';
import { isGenerated } from './generated-file.ts';
import type { FilePlan } from './plan-overlay.ts';

/** One file that is not as planned. Paths are relative to the repository's root, with slashes. */
export interface Change {
  readonly kind: 'create' | 'update' | 'remove';
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** A plan over the whole repository, and the folders in which every generated file belongs to it. */
export interface RepositoryPlan {
  readonly files: FilePlan;
  /** Written where they are missing, and left alone where they are there. */
  readonly initial: FilePlan;
  /** A generated file in one of these that is not planned is stale. Files without the generator's header are not touched. */
  readonly owned: readonly string[];
}

/** What differs between plan and disk, sorted by path; empty when all is as planned. */
export async function changesOf({ files, initial, owned }: RepositoryPlan, root: string): Promise<readonly Change[]> {
  const wanted = await Promise.all(
    [...files].map(async ([path, after]): Promise<readonly Change[]> => {
      const before = await textOf(join(root, path));
      if (before === after) return [];
      return [{ kind: before === undefined ? 'create' : 'update', path, before: before ?? '', after }];
    }),
  );
  const first = await Promise.all(
    [...initial].map(async ([path, after]): Promise<readonly Change[]> => {
      const before = await textOf(join(root, path));
      return before === undefined ? [{ kind: 'create', path, before: '', after }] : [];
    }),
  );
  const present = (await Promise.all(owned.map((folder) => filesIn(root, folder)))).flat();
  const stale = await Promise.all(
    present
      .filter((path) => !files.has(path))
      .map(async (path): Promise<readonly Change[]> => {
        const before = await textOf(join(root, path));
        return before !== undefined && isGenerated(before) ? [{ kind: 'remove', path, before, after: '' }] : [];
      }),
  );
  return [...wanted, ...first, ...stale].flat().toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Brings the files to the plan. Every new text is on the disk before the first file changes, so a full disk or a
 * missing right leaves all as it was.
 *
 * @throws OverlayError `WRITE_FAILED`
 */
export async function applyChanges(changes: readonly Change[], root: string): Promise<void> {
  const staged: { readonly from: string; readonly to: string }[] = [];
  try {
    for (const { kind, path, after } of changes) {
      if (kind === 'remove') continue;
      const to = join(root, path);
      const from = join(dirname(to), `.${path.split('/').at(-1) ?? ''}.new`);
      await mkdir(dirname(to), { recursive: true });
      staged.push({ from, to });
      await writeFile(from, after, { flush: true });
    }
    for (const { from, to } of staged) await rename(from, to);
    for (const { kind, path } of changes) if (kind === 'remove') await rm(join(root, path));
  } catch (cause) {
    await Promise.all(staged.map(({ from }) => rm(from, { force: true })));
    throw new OverlayError('WRITE_FAILED', `writing ${changes.length} generated files in ${root}`, {
      cause,
      hint: 'check the folder’s owner and free space, then repeat',
    });
  }
}

/** The text of a file; undefined where there is none. */
export async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function filesIn(root: string, folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => `${folder}/${entry.name}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
