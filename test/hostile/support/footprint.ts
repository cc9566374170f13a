import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a process holds. */
export interface Footprint {
  readonly residentMiB: number;
  /** The most it ever had. */
  readonly peakMiB: number;
  readonly openFiles: number;
}

const PATIENCE_MS = 15_000;

/** @throws Error when there is no such process */
export async function footprintOf(pid: number): Promise<Footprint> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const mebibytes = (name: string) =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024);
  const openFiles = (await readdir(`/proc/${pid}/fd`)).length;
  return { residentMiB: mebibytes('VmRSS'), peakMiB: mebibytes('VmHWM'), openFiles };
}

/**
 * Waits until a process holds no more than that.
 * @param collectGarbage - before each look; default none
 * @returns what it held last
 */
export async function settled(
  pid: number,
  most: { readonly residentMiB: number; readonly openFiles: number },
  collectGarbage: () => Promise<void> = () => Promise.resolve(),
): Promise<Footprint> {
  for (const deadline = performance.now() + PATIENCE_MS; ; await sleep(500)) {
    await collectGarbage();
    const now = await footprintOf(pid);
    const isBack = now.residentMiB <= most.residentMiB && now.openFiles <= most.openFiles;
    if (isBack || performance.now() > deadline) return now;
  }
}
