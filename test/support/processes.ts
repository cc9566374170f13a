import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A process of the cluster, as seen from outside its namespaces. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Every process that descends from the one that holds the cluster's namespaces, itself included. */
export async function processesOf(clone: string): Promise<readonly Process[]> {
  const note = JSON.parse(await readFile(join(clone, '.gatefleet/cluster.json'), 'utf8')) as {
    holder: { pid: number };
  };
  const all = await allProcesses();
  const inside = new Set([note.holder.pid]);
  for (let before = 0; before !== inside.size;) {
    before = inside.size;
    for (const { pid, parent } of all) if (inside.has(parent)) inside.add(pid);
  }
  return all.filter(({ pid }) => inside.has(pid));
}

/** Processes whose command line names the folder: there should be none after `down`. */
export async function processesNaming(folder: string): Promise<readonly Process[]> {
  return (await allProcesses()).filter(({ command }) => command.includes(folder));
}

/** Proportional resident memory of the processes, in bytes: what is shared counts once. */
export async function memoryOf(processes: readonly Process[]): Promise<number> {
  let kibibytes = 0;
  for (const { pid } of processes) {
    const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    kibibytes += Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0);
  }
  return kibibytes * 1024;
}

async function allProcesses(): Promise<readonly Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const read = pids.map(async (name): Promise<Process | undefined> => {
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => undefined);
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (stat === undefined) return undefined;
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid: Number(name), parent: Number(parent), command: command.replaceAll('\0', ' ').trim() };
  });
  return (await Promise.all(read)).filter((found) => found !== undefined);
}
