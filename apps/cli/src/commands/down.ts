import { stopCluster } from '@gatefleet/local-cluster';
import type { CommandResult } from '../output/result.ts';
import { removeRemote } from '../up/git-remote.ts';
import { workspace } from '../workspace.ts';

/** Ends the local cluster and removes everything that `up` has made. */
export async function down(): Promise<CommandResult<{ readonly stopped: boolean }>> {
  const stopped = await stopCluster(workspace.cluster.root);
  await removeRemote(workspace.root).catch(() => undefined);
  return {
    value: { stopped },
    text: stopped ? 'the local cluster is gone\n' : 'no local cluster was there\n',
    exitCode: 0,
  };
}
