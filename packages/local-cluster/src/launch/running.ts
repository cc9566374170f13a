import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { layoutOf } from '../layout.ts';

/** What is written down about a running cluster, for `down` and `status`. Secrets are in files that it names. */
export const RunningCluster = z.strictObject({
  /** Process outside the namespaces that holds them; with its start time it cannot be taken for another. */
  holder: z.strictObject({ pid: z.int(), startTime: z.string() }),
  startedAt: z.iso.datetime(),
  nodes: z.int(),
  /** Names of the environments that it was started for. */
  environments: z.array(z.string()),
  ports: z.strictObject({ api: z.int(), http: z.int(), https: z.int(), argocd: z.int(), git: z.int() }),
});
export type RunningCluster = z.infer<typeof RunningCluster>;

/** The cluster whose files are under `root`, if its processes are alive; `undefined` when none runs. */
export async function findRunning(root: string): Promise<RunningCluster | undefined> {
  const text = await readFile(layoutOf(root).state, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = RunningCluster.safeParse(parsedJson(text));
  if (!parsed.success) return undefined;
  const { pid, startTime } = parsed.data.holder;
  return (await startTimeOf(pid)) === startTime ? parsed.data : undefined;
}

/**
 * When a process started, in clock ticks since boot: with the pid it names one process for ever. `undefined` for one that
 * has ended, also while its parent has not taken note of that.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html fields 3 and 22
 */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' || fields?.[0] === 'X' ? undefined : fields?.[19];
}

/** The direct children of a process, as this process sees them. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
