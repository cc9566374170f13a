import { deploymentsOf, type Deployment } from '../delivery/deployments.ts';
import { describeCommit } from '../delivery/git.ts';
import { openFleet } from '../delivery/open-fleet.ts';
import type { CommandResult } from '../output/result.ts';
import { table } from '../output/table.ts';

export interface HistoryEntry extends Deployment {
  /** Of the commit; undefined where this clone lacks it. */
  readonly subject: string | undefined;
}

/** What an environment was brought to, the newest first. */
export async function historyCommand(
  name: string,
  context: string | undefined,
  signal: AbortSignal,
): Promise<CommandResult<readonly HistoryEntry[]>> {
  const { root, applications, environment } = await openFleet({ context });
  const application = await applications.get(environment(name).metadata.name, { signal });
  const value = await Promise.all(
    deploymentsOf(application).map(async (deployment) => ({
      ...deployment,
      subject: (await describeCommit(root, deployment.revision))?.subject,
    })),
  );
  const rows = value.map(({ id, deployedAt, revision, by, subject }) => [
    String(id),
    deployedAt,
    revision.slice(0, 10),
    by,
    subject ?? '(not in this clone: git fetch)',
  ]);
  const text =
    value.length === 0
      ? `${name} has not been deployed yet\n`
      : table(['ID', 'DEPLOYED', 'COMMIT', 'BY', 'SUBJECT'], rows);
  return { value, text, exitCode: 0 };
}
