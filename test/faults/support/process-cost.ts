import { readFile } from 'node:fs/promises';

export interface ProcessCost {
  /** Of processor, in user and system mode, since the process began. */
  readonly processorSeconds: number;
  readonly residentMiB: number;
  /** The most that it ever was. */
  readonly peakMiB: number;
  /** When this was read, by a clock that only goes forward. */
  readonly seconds: number;
}

/** Linux counts processor time in hundredths of a second here: `USER_HZ`, proc_pid_stat(5). */
const TICKS_A_SECOND = 100;

/** What a process has cost so far, as Linux tells it in `/proc`. */
export async function costOf(pid: number): Promise<ProcessCost> {
  // The name in parentheses may hold anything; fields are counted behind it.
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ').at(-1)?.split(' ') ?? [];
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const mebibytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return {
    processorSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND,
    residentMiB: mebibytes('VmRSS'),
    peakMiB: mebibytes('VmHWM'),
    seconds: performance.now() / 1_000,
  };
}
