import { followedRevision } from '@gatefleet/environment';
import { compareWithRevision, humanDiff } from '@gatefleet/overlay-diff';
import { ensureTools } from '@gatefleet/toolchain';
import { arrive, type Arrival } from '../delivery/arrive.ts';
import { beginSync } from '../delivery/begin-sync.ts';
import { deployedRevision } from '../delivery/deployments.ts';
import { describeCommit, git } from '../delivery/git.ts';
import { openFleet, type Fleet } from '../delivery/open-fleet.ts';
import { originOf } from '../delivery/origin.ts';
import { pauseOf } from '../delivery/pause.ts';
import { arrivalText } from '../output/arrival-text.ts';
import type { Ask } from '../output/ask.ts';
import type { Progress } from '../output/progress.ts';
import type { CommandResult } from '../output/result.ts';

export interface SyncOptions {
  readonly environment: string;
  /** Context of the cluster that Argo CD runs in. */
  readonly context: string | undefined;
  /** Whether nobody is asked. */
  readonly yes: boolean;
  readonly timeoutMs: number;
  readonly ask: Ask;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export type Synced =
  | Arrival
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'declined'; readonly revision: string };

/** Shows what a sync would change, asks, lets Argo CD do it, follows it, and proves that every gateway runs the commit. */
export async function syncCommand(options: SyncOptions): Promise<CommandResult<Synced>> {
  const { environment: name, context, yes, timeoutMs, ask, progress, signal } = options;
  const fleet = await openFleet({ context });
  const environment = fleet.environment(name);
  const application = await progress.step(`comparing ${name} with git`, () =>
    fleet.applications.get(name, { refresh: 'normal', signal }),
  );
  const pause = pauseOf(application);
  if (pause !== undefined) return refused(`${name} is paused: ${pause}; \`gatefleet resume ${name}\` ends it`);
  const revision = application.status?.sync?.revision ?? '';
  if (revision === '') {
    const why = application.status?.conditions?.map(({ message }) => message).join('; ') || 'it says no commit';
    return refused(`Argo CD cannot make the manifests of ${name}: ${why}`);
  }
  const followed = followedRevision(environment);
  const { repository } = environment.spec.sync;
  if (environment.spec.promotion !== undefined) {
    // Fetched, so that what changes can be shown.
    await (await originOf(fleet.root, application, environment)).tipOf(followed);
  } else {
    const head = await git(fleet.root, 'rev-parse', 'HEAD');
    if (head !== revision) {
      progress.note(
        `note: ${followed} of ${repository} is at ${revision.slice(0, 10)}, and your HEAD is ${head.slice(0, 10)}: pushed?`,
      );
    }
  }
  const before = deployedRevision(application);
  progress.note(await whatChanges(fleet, name, before, revision, progress, signal));
  const answer = yes ? 'yes' : await ask(`Bring ${name} to ${revision.slice(0, 10)}?`);
  if (answer === 'unanswerable') return refused('nobody can be asked here: say --yes', 2);
  if (answer === 'no') return { value: { kind: 'declined', revision }, text: 'nothing was done\n', exitCode: 1 };

  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  await beginSync(fleet.applications, environment, revision, limit);
  const arrival = await progress.step(`following ${name} to ${revision.slice(0, 10)}`, async (say) => {
    const onChange = (line: string) => {
      progress.note(`     ${line}`);
    };
    return arrive(fleet, environment, { revision, say, onChange, signal: limit });
  });
  return { value: arrival, text: arrivalText(name, arrival), exitCode: arrival.kind === 'arrived' ? 0 : 1 };
}

function refused(reason: string, exitCode: 1 | 2 = 1): CommandResult<Synced> {
  return { value: { kind: 'refused', reason }, text: `${reason}\n`, exitCode };
}

async function whatChanges(
  { root }: Fleet,
  name: string,
  before: string | undefined,
  revision: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<string> {
  if (before === undefined) return `${name} has not been deployed yet`;
  if (before === revision) return `${name} was brought to ${revision.slice(0, 10)} before; it is done again`;
  const commits = await Promise.all([describeCommit(root, before), describeCommit(root, revision)]);
  if (commits.includes(undefined)) {
    return `what changes cannot be shown: this clone lacks ${before.slice(0, 10)} or ${revision.slice(0, 10)} (git fetch)`;
  }
  const { kustomize } = await ensureTools(['kustomize'], { signal });
  const comparison = await progress.step(`rendering ${before.slice(0, 10)} and ${revision.slice(0, 10)}`, () =>
    compareWithRevision({
      root,
      since: before,
      until: revision,
      only: [`overlays/${name}`],
      kustomize: kustomize.path,
      signal,
    }),
  );
  return comparison.kind === 'compared' ? humanDiff(comparison.report, { colour: false }).trimEnd() : '';
}
