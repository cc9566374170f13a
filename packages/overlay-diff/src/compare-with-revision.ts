import { buildAll, readRepository, readRevision, type BuildResult, type Repository } from '@gatefleet/kustomize';
import { fold } from './fold.ts';
import { objectChanges } from './object-changes.ts';
import type { DiffReport, FailedBuild } from './report.ts';

export interface CompareOptions {
  /** The repository's root, absolute. */
  readonly root: string;
  /** The git revision to compare the work tree with. */
  readonly since: string;
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
 * Renders every kustomization that is deployed, in the work tree and at a revision, and tells what differs.
 *
 * @throws KustomizeError where the repository or the revision cannot be read.
 */
export async function compareWithRevision(options: CompareOptions): Promise<Comparison> {
  const { root, since, only = [], kustomize, signal, onBuilt } = options;
  const after = await readRepository(root, { signal });
  const { repository: before, close } = await readRevision(root, since, { signal });
  try {
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
  } finally {
    await close();
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
