import { followedRevision } from '@gatefleet/environment';
import { readRepository } from '@gatefleet/kustomize';
import type { Application } from 'argocd-ts-client';
import { arrive, type Arrival } from '../delivery/arrive.ts';
import { attemptedRevision, deploymentsOf } from '../delivery/deployments.ts';
import { endOperation } from '../delivery/end-operation.ts';
import {
  commitsSince,
  commitTree,
  git,
  hasCommit,
  movesSince,
  requireClean,
  treeOf,
  type Commit,
} from '../delivery/git.ts';
import { openFleet, type Fleet } from '../delivery/open-fleet.ts';
import { originOf, type Origin } from '../delivery/origin.ts';
import { planRollback } from '../delivery/plan-rollback.ts';
import { CliError } from '../errors.ts';
import { arrivalText } from '../output/arrival-text.ts';
import type { Ask } from '../output/ask.ts';
import type { Progress } from '../output/progress.ts';
import type { CommandResult } from '../output/result.ts';

export interface RollbackOptions {
  readonly environment: string;
  /** Number of a deployment, or the beginning of its commit; the one before what runs when left out. */
  readonly to: string | undefined;
  readonly context: string | undefined;
  readonly yes: boolean;
  readonly timeoutMs: number;
  readonly ask: Ask;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export type RolledBack =
  | Arrival
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'declined' }
  | { readonly kind: 'reverted'; readonly commit: string; readonly commits: readonly Commit[] };

/**
 * Goes back to a deployment before: where syncs are automated by a commit that reverts what came after it, since Argo CD would undo
 * anything else; where a person starts each sync, by Argo CD's own rollback. The commit is made in the work tree where the environment
 * follows the main branch, and goes right to the branch that only promotions move where it has one.
 *
 * @throws CliError, ArgoCdError, KustomizeError
 */
export async function rollbackCommand(options: RollbackOptions): Promise<CommandResult<RolledBack>> {
  const { environment: name, to, context, yes, ask, progress, signal } = options;
  const fleet = await openFleet({ context });
  const { sync } = fleet.environment(name).spec;
  const application = await fleet.applications.get(name, { signal });
  const target = planRollback(deploymentsOf(application), to, attemptedRevision(application));
  if (target.kind === 'none') return refused(`${name}: ${target.reason}`);
  const { deployment } = target;
  const short = deployment.revision.slice(0, 10);
  const way = await wayBack(fleet, name, application, deployment.revision);
  if (way.kind !== 'argocd' && way.commits.length === 0) {
    return refused(`no commit after ${short} changes ${name}: what is wrong there is not in git`);
  }
  const how =
    way.kind === 'argocd'
      ? `by Argo CD, to its deployment ${deployment.id}`
      : `by a commit that reverts:\n${way.commits.map(({ id, subject }) => `  ${id.slice(0, 10)} ${subject}`).join('\n')}`;
  progress.note(`${name} goes back to ${short}, deployed ${deployment.deployedAt}, ${how}`);
  const answer = yes ? 'yes' : await ask(`Roll ${name} back?`);
  if (answer === 'unanswerable') return refused('nobody can be asked here: say --yes', 2);
  if (answer === 'no') return { value: { kind: 'declined' }, text: 'nothing was done\n', exitCode: 1 };
  if (way.kind === 'work-tree') return revert(fleet, name, short, way.commits, signal);
  if (way.kind === 'branch') return revertBranch(fleet, name, deployment.revision, way, signal);

  const limit = AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)]);
  await endOperation(fleet.applications, name, limit);
  await fleet.applications.rollback(name, { id: deployment.id, prune: sync.prune, signal: limit });
  const { revision } = deployment;
  const followed = followedRevision(fleet.environment(name));
  progress.note(`note: ${followed} stays where it is, and the next sync of ${name} goes there again`);
  const arrival = await progress.step(`following ${name} to ${short}`, (say) =>
    arrive(fleet, fleet.environment(name), {
      revision,
      say,
      isRollback: true,
      onChange: (line) => {
        progress.note(`     ${line}`);
      },
      signal: limit,
    }),
  );
  return { value: arrival, text: arrivalText(name, arrival), exitCode: arrival.kind === 'arrived' ? 0 : 1 };
}

function refused(reason: string, exitCode: 1 | 2 = 1): CommandResult<RolledBack> {
  return { value: { kind: 'refused', reason }, text: `${reason}\n`, exitCode };
}

type WayBack =
  { readonly kind: 'argocd' } | { readonly kind: 'work-tree'; readonly commits: readonly Commit[] } | BranchBack;

interface BranchBack {
  readonly kind: 'branch';
  readonly origin: Origin;
  readonly branch: string;
  readonly tip: string;
  /** What the branch was moved to since, the newest first. */
  readonly commits: readonly Commit[];
}

async function wayBack(fleet: Fleet, name: string, application: Application, to: string): Promise<WayBack> {
  const environment = fleet.environment(name);
  const { sync, promotion } = environment.spec;
  if (!sync.automated) return { kind: 'argocd' };
  if (promotion === undefined) return { kind: 'work-tree', commits: await revertable(fleet, name, to) };
  const { root } = fleet;
  const branch = followedRevision(environment);
  const origin = await originOf(root, application, environment);
  const tip = await origin.tipOf(branch);
  if (tip === undefined || !(await hasCommit(root, to))) {
    throw new CliError(
      'COMMAND_FAILED',
      `looking for ${to.slice(0, 10)} on ${branch} of ${origin.name}: it is not there`,
      {
        hint: `git fetch ${origin.name}`,
      },
    );
  }
  const isThere = (await treeOf(root, tip)) === (await treeOf(root, to));
  return { kind: 'branch', origin, branch, tip, commits: isThere ? [] : await movesSince(root, to, tip) };
}

/** The branch gets the tree that it had, in a commit of its own: nothing to merge, so nothing that cannot be. */
async function revertBranch(
  { root, applications }: Fleet,
  name: string,
  to: string,
  { origin, branch, tip, commits }: BranchBack,
  signal: AbortSignal,
): Promise<CommandResult<RolledBack>> {
  const short = to.slice(0, 10);
  const list = commits.map(({ id, subject }) => `- ${id.slice(0, 10)} ${subject}`).join('\n');
  const message = `Roll ${name} back to ${short}\n\nReverts:\n${list}\n`;
  const commit = await commitTree(root, await treeOf(root, to), [tip], message);
  await origin.push(commit, branch, tip);
  await endOperation(applications, name, signal);
  await applications.get(name, { refresh: 'normal', signal }).catch(() => undefined);
  const text = `pushed ${commit.slice(0, 10)} to ${branch} of ${origin.name}\nnext  \`gatefleet wait ${name}\`\n`;
  return { value: { kind: 'reverted', commit, commits }, text, exitCode: 0 };
}

/** Commits that change what the environment is rendered from. */
async function revertable({ root }: Fleet, name: string, since: string): Promise<readonly Commit[]> {
  const repository = await readRepository(root);
  const { folders } = repository.closureOf(`overlays/${name}`);
  return commitsSince(root, since, [`overlays/${name}`, ...folders]);
}

async function revert(
  { root, environment, applications }: Fleet,
  name: string,
  short: string,
  commits: readonly Commit[],
  signal: AbortSignal,
): Promise<CommandResult<RolledBack>> {
  await requireClean(root, `rolling ${name} back`);
  const ids = commits.map(({ id }) => id);
  try {
    await git(root, 'revert', '--no-commit', ...ids);
  } catch (cause) {
    await git(root, 'revert', '--abort').catch(() => undefined);
    throw new CliError(
      'COMMAND_FAILED',
      `reverting ${ids.length} commits to roll ${name} back to ${short}: git cannot`,
      {
        hint: 'later commits build on them: revert by hand those that broke it, and push',
        cause,
      },
    );
  }
  const list = commits.map(({ id, subject }) => `- ${id.slice(0, 10)} ${subject}`).join('\n');
  await git(root, 'commit', '--quiet', '--message', `Roll ${name} back to ${short}\n\nReverts:\n${list}`);
  const commit = await git(root, 'rev-parse', 'HEAD');
  await endOperation(applications, name, signal);
  const followed = followedRevision(environment(name));
  const text = `committed ${commit.slice(0, 10)}\nnext  git push, to ${followed} of ${environment(name).spec.sync.repository}; then \`gatefleet wait ${name}\`\n`;
  return { value: { kind: 'reverted', commit, commits }, text, exitCode: 0 };
}
