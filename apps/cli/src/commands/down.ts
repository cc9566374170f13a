import type { CommandResult } from '../output/result.ts';
import { removeRemote } from '../up/git-remote.ts';
import { stopClusters } from '../up/stop-clusters.ts';
import { workspace } from '../workspace.ts';

/** Ends the local clusters and removes everything that `up` has made. */
export async function down(): Promise<CommandResult<{ readonly stopped: boolean }>> {
  const stopped = await stopClusters(workspace.cluster);
  await removeRemote(workspace.root).catch(() => undefined);
  return {
    value: { stopped },
    text: stopped ? 'the local cluster is gone\n' : 'no local cluster was there\n',
    exitCode: 0,
  };
}
