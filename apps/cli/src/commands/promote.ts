import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareWithRevision, humanDiff } from '@gatefleet/overlay-diff';
import { humanPlan, planFleet } from '@gatefleet/lint';
import { seconds } from '@gatefleet/overlay';
import { ensureTools } from '@gatefleet/toolchain';
import { deploymentsOf } from '../delivery/deployments.ts';
import { fileAt, git, requireClean } from '../delivery/git.ts';
import { openFleet, type Fleet } from '../delivery/open-fleet.ts';
import { pauseOf } from '../delivery/pause.ts';
import { planPromotion, versionFile, type PromotionPlan } from '../delivery/promotion.ts';
import { judgeSoak } from '../delivery/soak.ts';
import type { Ask } from '../output/ask.ts';
import type { Progress } from '../output/progress.ts';
import type { CommandResult } from '../output/result.ts';

export interface PromoteOptions {
  readonly from: string;
  readonly to: string;
  /** Change nothing; tell whether it may be. */
  readonly check: boolean;
  /** Branch to commit to, made at HEAD; the one that is checked out when left out. */
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
 * Copies the version Component of one environment to another, in a commit of its own, after showing what that changes. Refused unless the
 * first has run this version in health for as long as the second one asks for.
 *
 * @throws CliError, ArgoCdError, KustomizeError, ToolchainError
 */
export async function promoteCommand(options: PromoteOptions): Promise<CommandResult<Promoted>> {
  const { from, to, check, branch, context, yes, ask, progress, signal } = options;
  const fleet = await openFleet({ context });
  const { root } = fleet;
  const [source, target] = [versionFile(from), versionFile(to)];
  if (!check) await requireClean(root, `promoting ${from} to ${to}`, [source, target]);
  const plan = await planOf(fleet, from, to, signal);
  if (plan.kind === 'same') return { value: plan, text: `${to} has the version of ${from} already\n`, exitCode: 0 };
  if (plan.kind === 'refused') {
    const until = plan.until === undefined ? '' : `; it may be promoted from ${plan.until.toISOString()} on`;
    return { value: plan, text: `refused: ${plan.reason}${until}\n`, exitCode: 1 };
  }
  const { revision } = plan;
  const proof = `${from} has run it in health since ${plan.since.toISOString()}, at ${revision.slice(0, 10)}`;
  if (check) return { value: { kind: 'may-be', revision }, text: `${proof}\n`, exitCode: 0 };

  const before = await readFile(join(root, target), 'utf8');
  let isCommitted = false;
  try {
    await writeFile(join(root, target), await readFile(join(root, source), 'utf8'));
    progress.note(`${proof}\n${await whatItDoes(fleet, to, progress, signal)}`);
    const answer = yes ? 'yes' : await ask(`Promote ${from} to ${to}?`);
    if (answer === 'unanswerable') {
      return { value: { kind: 'declined' }, text: 'nobody can be asked here: say --yes\n', exitCode: 2 };
    }
    if (answer === 'no') return { value: { kind: 'declined' }, text: 'nothing was done\n', exitCode: 1 };
    if (branch !== undefined) await git(root, 'switch', '--quiet', '--create', branch);
    const message = `Promote ${from} to ${to}\n\n${from} has run these versions in health since ${plan.since.toISOString()},\nat ${revision}.`;
    await git(root, 'commit', '--quiet', '--message', message, '--', target);
    isCommitted = true;
  } finally {
    if (!isCommitted) await writeFile(join(root, target), before);
  }
  const commit = await git(root, 'rev-parse', 'HEAD');
  const on = await git(root, 'rev-parse', '--abbrev-ref', 'HEAD');
  const { sync } = fleet.environment(to).spec;
  const then = sync.automated ? `Argo CD brings ${to} to it` : `\`gatefleet sync ${to}\` brings it there`;
  const text = `committed ${commit.slice(0, 10)} on ${on}\nnext  git push, to ${sync.revision} of ${sync.repository}; then ${then}\n`;
  return { value: { kind: 'promoted', commit, branch: on }, text, exitCode: 0 };
}

async function planOf(fleet: Fleet, from: string, to: string, signal: AbortSignal): Promise<PromotionPlan> {
  const { root, applications } = fleet;
  const [source, target] = [fleet.environment(from), fleet.environment(to)];
  const [application, targetApplication, fromText, toText] = await Promise.all([
    applications.get(from, { refresh: 'normal', signal }),
    applications.get(to, { signal }),
    readFile(join(root, versionFile(from)), 'utf8'),
    readFile(join(root, versionFile(to)), 'utf8'),
  ]);
  const revisions = [...new Set(deploymentsOf(application).map(({ revision }) => revision))];
  const texts = await Promise.all(revisions.map((revision) => fileAt(root, revision, versionFile(from))));
  const soak = judgeSoak({
    application,
    version: fromText,
    versionAt: new Map(revisions.map((revision, index) => [revision, texts[index]])),
    forMs: seconds(target.spec.promotion?.healthyFor ?? '1s') * 1000,
    now: new Date(),
  });
  const versions = { from: fromText, to: toText };
  return planPromotion({ from: source, to: target, versions, soak, paused: pauseOf(targetApplication) });
}

async function whatItDoes({ root }: Fleet, to: string, progress: Progress, signal: AbortSignal): Promise<string> {
  const { kustomize } = await ensureTools(['kustomize'], { signal });
  const common = { root, kustomize: kustomize.path, signal };
  return progress.step(`rendering ${to}, before and after`, async () => {
    const comparison = await compareWithRevision({ ...common, since: 'HEAD', only: [`overlays/${to}`] });
    const plan = await planFleet({ ...common, environments: [to] });
    const changes = comparison.kind === 'compared' ? humanDiff(comparison.report, { colour: false }) : '';
    return `${changes}\n${humanPlan(plan)}`.trimEnd();
  });
}
