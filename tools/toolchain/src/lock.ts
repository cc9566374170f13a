import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cancelled } from './errors.ts';

const pollMs = 250;

/** Who asks for a lock, as its file name tells it: `<pid>-<start>-<random>`. */
interface Claim {
  readonly file: string;
  readonly pid: number;
  /** When the process started, so that another one with a reused pid is not taken for it; '0' where /proc is missing. */
  readonly start: string;
}

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called at each look while another holds it. */
  readonly onWait?: (holderPid: number) => void;
}

/**
 * Runs `work` while no other process or call holds the lock. A killed holder's lock is free.
 *
 * Each contender first writes a claim of its own and then looks for other live claims; of two that race, the later one
 * sees the earlier, so never both get it. Who sees another gives way for a random while.
 *
 * @param dir - folder of this lock's claims; made if absent. On one machine only: holders are known by pid.
 */
export async function withLock<T>(dir: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const release = await acquire(dir, options);
  try {
    return await work();
  } finally {
    await release();
  }
}

async function acquire(dir: string, { signal, onWait }: LockOptions): Promise<() => Promise<void>> {
  await mkdir(dir, { recursive: true });
  const file = `${process.pid}-${await startOf(process.pid)}-${randomUUID()}`;
  const path = join(dir, file);
  for (;;) {
    let holder = await liveClaim(dir, file);
    if (holder === undefined) {
      await writeFile(path, '');
      holder = await liveClaim(dir, file);
      if (holder === undefined) return () => rm(path, { force: true });
      await rm(path, { force: true });
    }
    onWait?.(holder.pid);
    if (signal?.aborted) throw cancelled(`waiting for process ${holder.pid}`, signal);
    await delay(pollMs * (0.5 + Math.random()), undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}

/** Another's claim whose process lives; claims of dead ones are removed, which is safe since no name comes twice. */
async function liveClaim(dir: string, own: string): Promise<Claim | undefined> {
  let live: Claim | undefined;
  for (const file of await readdir(dir)) {
    const [pid, start] = file.split('-');
    if (file === own || pid === undefined || start === undefined) continue;
    const claim = { file, pid: Number(pid), start };
    if (await isAlive(claim)) live = claim;
    else await rm(join(dir, file), { force: true });
  }
  return live;
}

async function isAlive({ pid, start }: Claim): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return (await startOf(pid)) === start;
}

/** Start time in clock ticks since boot: field 22 of /proc/PID/stat, counted after the name in parentheses. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return '0';
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie holds nothing any more.
  return fields[0] === 'Z' ? 'zombie' : (fields[19] ?? '0');
}
