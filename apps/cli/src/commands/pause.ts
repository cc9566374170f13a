import { userInfo } from 'node:os';
import { openFleet } from '../delivery/open-fleet.ts';
import { pauseOf, pausePatch, resumePatch } from '../delivery/pause.ts';
import { git } from '../delivery/git.ts';
import type { CommandResult } from '../output/result.ts';

export interface PauseOptions {
  readonly environment: string;
  /** Why, in words for who finds it paused. */
  readonly reason: string | undefined;
  readonly context: string | undefined;
  readonly signal: AbortSignal;
}

export interface Paused {
  readonly environment: string;
  /** Who, when and why; undefined when it goes on. */
  readonly paused: string | undefined;
}

/** Stops all syncs of an environment at once, until {@link resumeCommand}. What runs goes on running. */
export async function pauseCommand({
  environment: name,
  reason,
  context,
  signal,
}: PauseOptions): Promise<CommandResult<Paused>> {
  const { root, applications, environment } = await openFleet({ context });
  const application = await applications.get(environment(name).metadata.name, { signal });
  const known = pauseOf(application);
  if (known !== undefined) {
    return { value: { environment: name, paused: known }, text: `${name} is paused already: ${known}\n`, exitCode: 0 };
  }
  const who = await git(root, 'config', 'user.email').catch(() => userInfo().username);
  const paused = `by ${who} at ${new Date().toISOString()}${reason === undefined ? '' : `: ${reason}`}`;
  await applications.patch(name, pausePatch(application, paused), { signal });
  return { value: { environment: name, paused }, text: `${name} is paused ${paused}\n`, exitCode: 0 };
}

/** Lets an environment be synced again, as its environment.yaml says. */
export async function resumeCommand({
  environment: name,
  context,
  signal,
}: Omit<PauseOptions, 'reason'>): Promise<CommandResult<Paused>> {
  const { applications, environment } = await openFleet({ context });
  const application = await applications.get(environment(name).metadata.name, { signal });
  const wasPaused = pauseOf(application) !== undefined;
  if (wasPaused) await applications.patch(name, resumePatch(application), { signal });
  const text = wasPaused ? `${name} goes on\n` : `${name} is not paused\n`;
  return { value: { environment: name, paused: undefined }, text, exitCode: 0 };
}
