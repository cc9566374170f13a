import { commitTree, git, treeOf } from './git.ts';
import type { BranchChange } from './promotion.ts';
import { promotedTree } from './promoted-tree.ts';

/** What a promotion would put on the branch of the environment that is promoted to. */
export interface Proposal {
  /** The commit that the other environment runs. */
  readonly source: string;
  /** Where the branch is; undefined where there is none yet. */
  readonly tip: string | undefined;
  /** The tree that the branch would get. */
  readonly tree: string;
  readonly change: BranchChange;
}

/** @throws CliError `COMMAND_FAILED` where the commit has no versions of `from`. */
export async function propose(
  root: string,
  { from, to, source, tip }: { from: string; to: string; source: string; tip: string | undefined },
): Promise<Proposal> {
  const tree = await promotedTree(root, source, from, to);
  return { source, tip, tree, change: await changeOf(root, source, tip, tree) };
}

async function changeOf(root: string, source: string, tip: string | undefined, tree: string): Promise<BranchChange> {
  if (tip === undefined) return { kind: 'new' };
  if ((await treeOf(root, tip)) === tree) return { kind: 'none' };
  const merges = await git(root, 'log', '--first-parent', '--merges', '--format=%H %P', tip);
  const promotions = merges.split('\n').map((line) => line.split(' '));
  const [promoted] = promotions.find(([, , ...merged]) => merged.includes(source)) ?? [];
  return promoted === undefined ? { kind: 'new' } : { kind: 'rolled-back', promoted };
}

/** What a promotion is about is what the first one of a row was about. */
const promotionBefore = /^Promote \S+ to \S+: /;

/** The commit of a proposal: first parent is where the branch is, second what was promoted. No branch moves. */
export async function commitProposal(
  root: string,
  { source, tip, tree }: Proposal,
  { from, to, since }: { from: string; to: string; since: Date },
): Promise<string> {
  const subject = await git(root, 'show', '--no-patch', '--format=%s', source);
  const message = `Promote ${from} to ${to}: ${subject.replace(promotionBefore, '')}\n\n${from} has run it in health since ${since.toISOString()},\nat ${source}.\n`;
  const parents = tip === undefined || tip === source ? [source] : [tip, source];
  return commitTree(root, tree, parents, message);
}

/** Subjects of the commits that a proposal brings along, the newest first. */
export async function broughtAlong(root: string, { source, tip }: Proposal): Promise<readonly string[]> {
  if (tip === undefined) return [];
  const text = await git(root, 'log', '--no-merges', '--format=%h %s', `${tip}..${source}`);
  return text.split('\n').filter((line) => line !== '');
}
