import { followedRevision, seconds } from '@gatefleet/environment';
import { readRevision } from '@gatefleet/kustomize';
import { compareWithRevision, humanDiff } from '@gatefleet/overlay-diff';
import { humanPlan, planFleet } from '@gatefleet/lint';
import { ensureTools } from '@gatefleet/toolchain';
import { deploymentsOf, runningRevision } from '../delivery/deployments.ts';
import { resolveCommit, treeOf } from '../delivery/git.ts';
import { openFleet, type Fleet } from '../delivery/open-fleet.ts';
import { originOf, type Origin } from '../delivery/origin.ts';
import { pauseOf } from '../delivery/pause.ts';
import { planPromotion, wrongSource, type PromotionPlan } from '../delivery/promotion.ts';
import { broughtAlong, commitProposal, propose, type Proposal } from '../delivery/proposal.ts';
import { judgeSoak } from '../delivery/soak.ts';
import { sourcesAt } from '../delivery/sources-at.ts';
import type { Ask } from '../output/ask.ts';
import type { Progress } from '../output/progress.ts';
import type { CommandResult } from '../output/result.ts';

export interface PromoteOptions {
  readonly from: string;
  readonly to: string;
  /** Change nothing; tell whether it may be, and whether a commit is what would be promoted. */
  readonly check: { readonly commit: string | undefined } | undefined;
  /** Branch to push to, for a pull request; that of the environment when left out. */
  readonly branch: string | undefined;
  readonly context: string | undefined;
  readonly yes: boolean;
  readonly ask: Ask;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export type Promoted =
  | Exclude<PromotionPlan, { kind: 'promote' }>
  | { readonly kind: 'may-be'; readonly revision: string }
  | { readonly kind: 'declined' }
  | { readonly kind: 'promoted'; readonly commit: string; readonly branch: string };

/**
 * Moves the branch of one environment forward to the commit that another one runs, with that one's versions, after showing what this
 * changes. Refused unless the other has run it in health for as long as this one asks for. The work tree is left alone.
 *
 * @throws CliError, ArgoCdError, KustomizeError, ToolchainError
 */
export async function promoteCommand(options: PromoteOptions): Promise<CommandResult<Promoted>> {
  const { from, to, check, context, yes, ask, progress, signal } = options;
  const fleet = await openFleet({ context });
  const { root } = fleet;
  const wrong = wrongSource(fleet.environment(from), fleet.environment(to));
  if (wrong !== undefined) return refused({ kind: 'refused', reason: wrong });
  const { plan, proposal, origin } = await progress.step(`comparing ${from} with ${to}`, () =>
    lookAt(fleet, from, to, signal),
  );
  if (check?.commit !== undefined && proposal !== undefined) {
    const commit = await resolveCommit(root, check.commit);
    if ((await treeOf(root, commit)) !== proposal.tree) {
      const reason = `${commit.slice(0, 10)} is not what ${from} runs, ${proposal.source.slice(0, 10)}, with its versions`;
      return refused({ kind: 'refused', reason });
    }
  }
  if (plan.kind === 'refused') return refused(plan);
  if (plan.kind === 'same') return { value: plan, text: `${to} is at what ${from} runs already\n`, exitCode: 0 };
  if (proposal === undefined) throw new TypeError(`nothing runs in ${from}, and yet it was to be promoted`);
  const { revision, since } = plan;
  const proof = `${from} has run it in health since ${since.toISOString()}, at ${revision.slice(0, 10)}`;
  if (check !== undefined) return { value: { kind: 'may-be', revision }, text: `${proof}\n`, exitCode: 0 };

  const commit = await commitProposal(root, proposal, { from, to, since });
  progress.note(`${proof}\n${await whatItDoes(fleet, to, proposal, commit, progress, signal)}`);
  const answer = yes ? 'yes' : await ask(`Promote ${from} to ${to}?`);
  if (answer === 'unanswerable') {
    return { value: { kind: 'declined' }, text: 'nobody can be asked here: say --yes\n', exitCode: 2 };
  }
  if (answer === 'no') return { value: { kind: 'declined' }, text: 'nothing was done\n', exitCode: 1 };

  const own = followedRevision(fleet.environment(to));
  const branch = options.branch ?? own;
  await origin.push(commit, branch, options.branch === undefined ? proposal.tip : await origin.tipOf(branch));
  const next =
    branch === own
      ? await comesNext(fleet, to, signal)
      : `a pull request of ${branch} into ${own}, to be merged as it is`;
  const text = `pushed ${commit.slice(0, 10)} to ${branch} of ${origin.name}\nnext  ${next}\n`;
  return { value: { kind: 'promoted', commit, branch }, text, exitCode: 0 };
}

function refused(plan: Extract<PromotionPlan, { kind: 'refused' }>): CommandResult<Promoted> {
  const until = plan.until === undefined ? '' : `; it may be promoted from ${plan.until.toISOString()} on`;
  return { value: plan, text: `refused: ${plan.reason}${until}\n`, exitCode: 1 };
}

interface Look {
  readonly plan: PromotionPlan;
  /** Undefined where nothing runs that could be promoted. */
  readonly proposal: Proposal | undefined;
  readonly origin: Origin;
}

async function lookAt(fleet: Fleet, from: string, to: string, signal: AbortSignal): Promise<Look> {
  const { root, applications } = fleet;
  const [source, target] = [fleet.environment(from), fleet.environment(to)];
  const [application, targetApplication] = await Promise.all([
    applications.get(from, { refresh: 'normal', signal }),
    applications.get(to, { signal }),
  ]);
  const origin = await originOf(root, targetApplication, target);
  const [tip] = await Promise.all([followedRevision(target), followedRevision(source)].map(origin.tipOf));
  const revision = runningRevision(application);
  const deployed = deploymentsOf(application).map((each) => each.revision);
  const soak = judgeSoak({
    application,
    sourcesAt: revision === undefined ? new Map() : await sourcesAt(root, from, revision, deployed, signal),
    forMs: seconds(target.spec.promotion?.healthyFor ?? '1s') * 1000,
    now: new Date(),
  });
  const proposal = revision === undefined ? undefined : await propose(root, { from, to, source: revision, tip });
  const change = proposal?.change ?? { kind: 'new' };
  const plan = planPromotion({ from: source, to: target, change, soak, paused: pauseOf(targetApplication) });
  return { plan, proposal, origin };
}

/** Argo CD is told to look now; without a webhook it would minutes later. */
async function comesNext({ applications, environment }: Fleet, to: string, signal: AbortSignal): Promise<string> {
  await applications.get(to, { refresh: 'normal', signal }).catch(() => undefined);
  return environment(to).spec.sync.automated
    ? `Argo CD brings ${to} to it: \`gatefleet wait ${to}\``
    : `\`gatefleet sync ${to}\` brings it there`;
}

async function whatItDoes(
  { root }: Fleet,
  to: string,
  proposal: Proposal,
  commit: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<string> {
  const { kustomize } = await ensureTools(['kustomize'], { signal });
  const common = { kustomize: kustomize.path, signal };
  const commits = await broughtAlong(root, proposal);
  return progress.step(`rendering ${to}, before and after`, async () => {
    const { tip } = proposal;
    let changes = `${to} has no branch yet: all of it is new\n`;
    if (tip !== undefined) {
      const only = [`overlays/${to}`];
      const comparison = await compareWithRevision({ ...common, root, since: tip, until: commit, only });
      if (comparison.kind === 'compared') changes = humanDiff(comparison.report, { colour: false });
    }
    const { repository, close } = await readRevision(root, commit, { signal });
    try {
      const plan = await planFleet({ ...common, root: repository.root, environments: [to] });
      const brought = commits.map((line) => `  ${line}\n`).join('');
      return `${brought === '' ? '' : `brings\n${brought}`}${changes}\n${humanPlan(plan)}`.trimEnd();
    } finally {
      await close();
    }
  });
}
