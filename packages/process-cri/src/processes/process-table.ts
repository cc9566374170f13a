import { readdirSync, readFileSync } from 'node:fs';

/** One process as /proc/PID/stat has it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** Its own time on the CPU and that of children it has reaped, in clock ticks. */
  readonly cpuTicks: number;
  readonly residentPages: number;
  readonly minorFaults: number;
  readonly majorFaults: number;
}

/** Sums over a process and all below it. */
export interface TreeUsage {
  readonly cpuTicks: number;
  readonly residentPages: number;
  readonly minorFaults: number;
  readonly majorFaults: number;
  readonly processes: number;
}

/** `undefined` for text that is not a stat line. @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function parseStat(text: string): ProcessEntry | undefined {
  // The name is in parentheses and may hold spaces and parentheses itself.
  const end = text.lastIndexOf(')');
  const pid = Number.parseInt(text, 10);
  const fields = text.slice(end + 2).split(' ');
  const at = (number: number) => Number(fields[number - 3]); // the manual counts from 1, and the state is field 3
  if (end < 0 || Number.isNaN(pid) || fields.length < 22) return undefined;
  const cpuTicks = at(14) + at(15) + at(16) + at(17);
  return { pid, parent: at(4), cpuTicks, residentPages: Math.max(at(24), 0), minorFaults: at(10), majorFaults: at(12) };
}

export function readProcesses(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return parseStat(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
      } catch {
        return []; // it ended meanwhile
      }
    });
}

/** What each of `roots` and all processes below it use. A container's orphans become children of its first process, so none is missed. */
export function treeUsages(processes: readonly ProcessEntry[], roots: readonly number[]): Map<number, TreeUsage> {
  const children = childrenOf(processes);
  return new Map(
    roots.map((root) => {
      const sum = { cpuTicks: 0, residentPages: 0, minorFaults: 0, majorFaults: 0, processes: 0 };
      for (const entry of treeOf(processes, root, children)) {
        sum.cpuTicks += entry.cpuTicks;
        sum.residentPages += entry.residentPages;
        sum.minorFaults += entry.minorFaults;
        sum.majorFaults += entry.majorFaults;
        sum.processes += 1;
      }
      return [root, sum];
    }),
  );
}

/** A process and all below it; empty when it is gone. */
export function treeOf(
  processes: readonly ProcessEntry[],
  root: number,
  children: ReadonlyMap<number, readonly ProcessEntry[]> = childrenOf(processes),
): ProcessEntry[] {
  const tree = processes.filter(({ pid }) => pid === root);
  for (const entry of tree) tree.push(...(children.get(entry.pid) ?? []));
  return tree;
}

function childrenOf(processes: readonly ProcessEntry[]): Map<number, ProcessEntry[]> {
  return Map.groupBy(processes, ({ parent }) => parent);
}
