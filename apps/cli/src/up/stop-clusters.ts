import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stopCluster, type Layout } from '@gatefleet/local-cluster';

/**
 * Ends every local cluster, the one that Argo CD runs in last: its folder holds those of the others.
 *
 * @returns whether there was anything to remove. @throws ClusterError `STOP_FAILED`
 */
export async function stopClusters({ root }: Layout): Promise<boolean> {
  const folder = join(root, 'clusters');
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.map((name) => stopCluster(join(folder, name))));
  return stopCluster(root);
}
