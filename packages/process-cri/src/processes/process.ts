import { readFileSync } from 'node:fs';

/**
 * When a process started, in clock ticks after boot; `undefined` when there is no such process or it has ended and only waits to be
 * reaped. Pid and start time together never come twice.
 */
export function processStart(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Sends a signal if the process is still the one that was meant; false when it is gone. */
export function signalProcess(
  { pid, pidStart }: { readonly pid: number; readonly pidStart: string },
  signal: NodeJS.Signals | number,
): boolean {
  if (processStart(pid) !== pidStart) return false;
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
