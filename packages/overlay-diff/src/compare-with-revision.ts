import {
  buildAll,
  readRepository,
  readRevision,
  type BuildResult,
  type Repository,
  type RevisionTree,
} from '@gatefleet/kustomize';
import { fold } from './fold.ts';
import { objectChanges } from './object-changes.ts';
import type { DiffReport, FailedBuild } from './report.ts';

export interface CompareOptions {
  /** The repository's root, absolute. */
  readonly root: string;
  /** The git revision that is compared with. */
  readonly since: string;
  /** The git revision that is compared; the work tree when left out. */
  readonly until?: string | undefined;
  /** Environments, or folders of kustomizations; all that are deployed when empty. */
  readonly only?: readonly string[];
  /** Path of the kustomize program. */
  readonly kustomize: string;
  readonly signal?: AbortSignal | undefined;
  /** Called after each of the builds of both sides. */
  readonly onBuilt?: (done: number, of: number) => void;
}

export type Comparison =
  | { readonly kind: 'compared'; readonly report: DiffReport }
  /** Nothing of that name is deployed, neither now nor at the revision. */
  | { readonly kind: 'unknown'; readonly names: readonly string[]; readonly leaves: readonly string[] };

/**
 * Renders every kustomization that is deployed, at a revision and in the work tree or at another one, and tells what differs.
 *
 * @throws KustomizeError where the repository or the revision cannot be read.
 */
export async function compareWithRevision(options: CompareOptions): Promise<Comparison> {
  const { root, since, until, only = [], kustomize, signal, onBuilt } = options;
  const trees: RevisionTree[] = [];
  const at = async (revision: string) => {
    const tree = await readRevision(root, revision, { signal });
    trees.push(tree);
    return tree.repository;
  };
  try {
    const after = until === undefined ? await readRepository(root, { signal }) : await at(until);
    return await compareTrees(await at(since), after);
  } finally {
    for (const { close } of trees) await close();
  }

  async function compareTrees(before: Repository, after: Repository): Promise<Comparison> {
    const leaves = [...new Set([...before.leaves(), ...after.leaves()])].toSorted();
    const unknown = only.filter((name) => !leaves.some((leaf) => isNamed(leaf, name)));
    if (unknown.length > 0) return { kind: 'unknown', names: unknown, leaves };
    const chosen = leaves.filter((leaf) => only.length === 0 || only.some((name) => isNamed(leaf, name)));

    const [old, now] = [before, after].map((repository) => chosen.filter((leaf) => hasLeaf(repository, leaf)));
    const total = (old?.length ?? 0) + (now?.length ?? 0);
    const build = (repository: Repository, folders: readonly string[] = [], offset = 0) =>
      buildAll(repository, folders, {
        kustomize,
        signal,
        onBuilt: (done) => onBuilt?.(offset + done, total),
      });
    const builtBefore = await build(before, old);
    const builtAfter = await build(after, now, old?.length);
    return { kind: 'compared', report: compare(since, chosen, builtBefore, builtAfter) };
  }
}

/** An environment is named by the last step of its folders: `production` is overlays/production and apps/argocd/production. */
function isNamed(leaf: string, name: string): boolean {
  const folder = name.replace(/\/+$/, '');
  return leaf === folder || leaf.endsWith(`/${folder}`);
}

function hasLeaf(repository: Repository, folder: string): boolean {
  return repository.kustomizations.get(folder)?.kind === 'Kustomization';
}

function compare(
  since: string,
  leaves: readonly string[],
  before: readonly BuildResult[],
  after: readonly BuildResult[],
): DiffReport {
  const failed = [failures(before, 'before'), failures(after, 'after')].flat();
  const [old, now] = [objectsOf(before), objectsOf(after)];
  const comparable = leaves.filter((leaf) => !failed.some((failure) => failure.leaf === leaf));
  const diffs = comparable.map((leaf) => ({ leaf, changes: objectChanges(old.get(leaf) ?? [], now.get(leaf) ?? []) }));
  return { since, leaves, failed, changes: fold(diffs) };
}

function failures(results: readonly BuildResult[], side: FailedBuild['side']): readonly FailedBuild[] {
  return results.flatMap((result) =>
    result.kind === 'failed' ? [{ leaf: result.folder, side, message: result.error.message }] : [],
  );
}

function objectsOf(results: readonly BuildResult[]) {
  return new Map(
    results.flatMap((result) =>
      result.kind === 'built' ? [[result.build.folder, result.build.objects.map(({ object }) => object)] as const] : [],
    ),
  );
}
