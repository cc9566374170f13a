import { arrive, arriveAll, type Arrival } from '../delivery/arrive.ts';
import { resolveCommit } from '../delivery/git.ts';
import { openFleet } from '../delivery/open-fleet.ts';
import { arrivalText } from '../output/arrival-text.ts';
import type { Progress } from '../output/progress.ts';
import type { CommandResult } from '../output/result.ts';

export interface WaitOptions {
  /** All when empty. */
  readonly environments: readonly string[];
  /** The commit to wait for, as git names it. */
  readonly revision: string;
  readonly context: string | undefined;
  readonly timeoutMs: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Waits until environments run a commit, and proves it as a sync does; starts nothing. */
export async function waitCommand(options: WaitOptions): Promise<CommandResult<Readonly<Record<string, Arrival>>>> {
  const { environments, context, timeoutMs, progress, signal } = options;
  const fleet = await openFleet({ context });
  const revision = await resolveCommit(fleet.root, options.revision);
  const chosen = environments.length === 0 ? [...fleet.environments.keys()] : environments;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const wanted = chosen.map((name) => fleet.environment(name));
  const [only, ...others] = wanted;
  const title = `following ${chosen.join(', ')} to ${revision.slice(0, 10)}`;
  const arrivals = await progress.step(title, async (say) => {
    const following = { revision, say, signal: limit };
    if (only === undefined || others.length > 0) return [...(await arriveAll(fleet, wanted, following))];
    const onChange = () => undefined;
    return [[only.metadata.name, await arrive(fleet, only, { ...following, onChange })] as const];
  });
  return {
    value: Object.fromEntries(arrivals),
    text: arrivals.map(([name, arrival]) => arrivalText(name, arrival)).join('\n'),
    exitCode: arrivals.every(([, { kind }]) => kind === 'arrived') ? 0 : 1,
  };
}
