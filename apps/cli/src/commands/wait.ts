import { followedRevision, type Environment } from '@gatefleet/environment';
import { arrive, arriveAll, type Arrival } from '../delivery/arrive.ts';
import { resolveCommit } from '../delivery/git.ts';
import { openFleet, type Fleet } from '../delivery/open-fleet.ts';
import { originOf } from '../delivery/origin.ts';
import { CliError } from '../errors.ts';
import { arrivalText } from '../output/arrival-text.ts';
import type { Progress } from '../output/progress.ts';
import type { CommandResult } from '../output/result.ts';

export interface WaitOptions {
  /** All when empty. */
  readonly environments: readonly string[];
  /**
   * The commit to wait for, as git names it. Left out, HEAD; for an environment that is promoted to, where its branch is.
   */
  readonly revision: string | undefined;
  readonly context: string | undefined;
  readonly timeoutMs: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Waits until environments run a commit, and proves it as a sync does; starts nothing. */
export async function waitCommand(options: WaitOptions): Promise<CommandResult<Readonly<Record<string, Arrival>>>> {
  const { environments, context, timeoutMs, progress, signal } = options;
  const fleet = await openFleet({ context });
  const chosen = environments.length === 0 ? [...fleet.environments.keys()] : environments;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const wanted = await Promise.all(
    chosen.map(async (name) => {
      const environment = fleet.environment(name);
      return { environment, revision: await commitFor(fleet, environment, options.revision, signal) };
    }),
  );
  const [only, ...others] = wanted;
  const title = wanted.map(({ environment, revision }) => `${environment.metadata.name} to ${revision.slice(0, 10)}`);
  const arrivals = await progress.step(`following ${title.join(', ')}`, async (say) => {
    const following = { say, signal: limit };
    if (only === undefined || others.length > 0) return [...(await arriveAll(fleet, wanted, following))];
    const { environment, revision } = only;
    const onChange = () => undefined;
    return [
      [environment.metadata.name, await arrive(fleet, environment, { ...following, revision, onChange })] as const,
    ];
  });
  return {
    value: Object.fromEntries(arrivals),
    text: arrivals.map(([name, arrival]) => arrivalText(name, arrival)).join('\n'),
    exitCode: arrivals.every(([, { kind }]) => kind === 'arrived') ? 0 : 1,
  };
}

async function commitFor(
  { root, applications }: Fleet,
  environment: Environment,
  revision: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const { promotion } = environment.spec;
  if (promotion === undefined) return resolveCommit(root, revision ?? 'HEAD');
  const application = await applications.get(environment.metadata.name, { signal });
  const branch = followedRevision(environment);
  const origin = await originOf(root, application, environment);
  const tip = await origin.tipOf(branch);
  if (revision !== undefined) return resolveCommit(root, revision);
  if (tip !== undefined) return tip;
  throw new CliError('COMMAND_FAILED', `looking for ${branch} of ${origin.name}: there is no such branch`, {
    hint: `\`gatefleet promote ${promotion.from} ${environment.metadata.name}\` makes it`,
  });
}
