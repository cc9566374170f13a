import { execFile } from 'node:child_process';
import { access, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ClusterError } from '../errors.ts';
import { childrenOf, findRunning, startTimeOf, type RunningCluster } from './running.ts';

const run = promisify(execFile);
const patienceMs = 10_000;

/**
 * Ends a cluster with all its processes and removes its folder.
 *
 * @returns whether there was anything to remove.
 * @throws {@link ClusterError} `STOP_FAILED` when it would not end or its files could not be removed.
 */
export async function stopCluster(root: string): Promise<boolean> {
  const running = await findRunning(root);
  if (running !== undefined) await end(running.holder);
  const existed = await access(root).then(
    () => true,
    () => false,
  );
  if (existed) await removeFolder(root);
  return existed;
}

/**
 * Ends the process that holds the namespaces: first by asking the init process inside, which lets the supervisor stop
 * what it started, then by force. With the init process the kernel ends every process in there.
 */
export async function end(holder: RunningCluster['holder']): Promise<void> {
  const alive = async () => (await startTimeOf(holder.pid)) === holder.startTime;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (const pid of await childrenOf(holder.pid)) send(pid, signal);
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      if (!(await alive())) return;
      await sleep(50);
    }
  }
  throw new ClusterError('STOP_FAILED', `ending the cluster: process ${holder.pid} is still there`, {
    hint: `look at it with \`ps -fp ${holder.pid}\``,
  });
}

/** Files of containers belong to ids of the user's own range, so an ordinary user removes them inside a user namespace. */
export async function removeFolder(root: string): Promise<void> {
  try {
    await rm(root, { recursive: true, force: true });
  } catch (cause) {
    await run('unshare', ['--user', '--map-root-user', '--map-auto', 'rm', '-rf', root]).catch(() => {
      throw new ClusterError('STOP_FAILED', `removing ${root}: ${String(cause)}`, { cause });
    });
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has just ended
  }
}
