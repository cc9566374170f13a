import { readProcesses, treeUsages, type TreeUsage } from '../processes/process-table.ts';

/** Linux reports CPU time to programs in 1/100 s on every architecture that Node runs on. */
const NS_PER_TICK = 10_000_000;
const PAGE_BYTES = 4096;
/** One call of kubelet asks for all containers and then for some again: the process table is read once for them. */
const FRESH_MS = 1000;
/** CPU per second is measured over at least this long, else one tick more or less would dominate. */
const WINDOW_MS = 5000;

export interface Usage {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly cpuNs: number;
  /** `undefined` until there are two readings far enough apart. */
  readonly nanoCores: number | undefined;
  readonly residentBytes: number;
  readonly minorFaults: number;
  readonly majorFaults: number;
  readonly processes: number;
}

/** CPU and memory of process trees, read from /proc when asked. */
export class UsageMeter {
  #table: { atMs: number; processes: ReturnType<typeof readProcesses> } | undefined;
  readonly #earlier = new Map<number, { atMs: number; cpuNs: number; nanoCores: number | undefined }>();

  /** By pid of each tree's root; those that are gone have zeros. */
  read(roots: readonly number[]): Map<number, Usage> {
    const now = Date.now();
    if (this.#table === undefined || now - this.#table.atMs >= FRESH_MS) {
      this.#table = { atMs: now, processes: readProcesses() };
      const alive = new Set(this.#table.processes.map(({ pid }) => pid));
      for (const pid of this.#earlier.keys()) if (!alive.has(pid)) this.#earlier.delete(pid);
    }
    const { atMs, processes } = this.#table;
    const usages = treeUsages(processes, roots);
    return new Map([...usages].map(([pid, usage]) => [pid, this.#measure(pid, usage, atMs)]));
  }

  #measure(pid: number, usage: TreeUsage, atMs: number): Usage {
    const cpuNs = usage.cpuTicks * NS_PER_TICK;
    const earlier = this.#earlier.get(pid);
    let nanoCores = earlier?.nanoCores;
    if (earlier === undefined) this.#earlier.set(pid, { atMs, cpuNs, nanoCores });
    else if (atMs - earlier.atMs >= WINDOW_MS) {
      nanoCores = Math.max(0, Math.round(((cpuNs - earlier.cpuNs) / (atMs - earlier.atMs)) * 1000));
      this.#earlier.set(pid, { atMs, cpuNs, nanoCores });
    }
    const { processes, minorFaults, majorFaults } = usage;
    return {
      atMs,
      cpuNs,
      nanoCores,
      residentBytes: usage.residentPages * PAGE_BYTES,
      minorFaults,
      majorFaults,
      processes,
    };
  }
}
