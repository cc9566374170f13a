import { openFleet } from '../delivery/open-fleet.ts';
import { gatefleetNamespace } from '../fleet.ts';
import type { Progress } from '../output/progress.ts';
import type { CommandResult } from '../output/result.ts';
import type { Replaced, RotationWorld } from '../rotation/rotate.ts';

export interface RotateOptions {
  readonly environment: string;
  /** Context of the cluster that Argo CD runs in. */
  readonly context: string | undefined;
  readonly timeoutMs: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface Rotated {
  readonly environment: string;
  readonly replaced: readonly Replaced[];
}

/** Replaces what is in an environment's Secrets under those who use it. @throws CliError */
export async function rotateCommand(
  { environment: name, context, timeoutMs, progress, signal }: RotateOptions,
  replace: (world: RotationWorld) => Promise<readonly Replaced[]>,
): Promise<CommandResult<Rotated>> {
  const fleet = await openFleet({ context });
  const kubernetes = await fleet.clusterOf(fleet.environment(name));
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const world = { kubernetes, namespace: gatefleetNamespace, progress, signal: limit };
  const replaced = await replace(world).catch((error: unknown) => {
    if (signal.aborted) progress.note('nothing is broken by that: the same command goes on from here');
    throw error;
  });
  const lines = replaced.map(
    ({ secret, now }) => `${secret} of ${name} is replaced; its value now has the fingerprint ${now}`,
  );
  return { value: { environment: name, replaced }, text: `${lines.join('\n')}\n`, exitCode: 0 };
}
