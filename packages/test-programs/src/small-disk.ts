import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A file system of its own size, in memory, that only programs see which are started with `enter` before them. */
export interface SmallDisk {
  readonly enter: readonly [string, ...string[]];
  /** Fills it to the last byte, as what else writes to a disk does. */
  fill(): Promise<void>;
  /** Gives it another size, and leaves what is on it alone: as a volume is expanded. */
  enlarge(size: string): Promise<void>;
  unmount(): Promise<void>;
}

/** Needs no root: it is mounted in a user and a mount namespace that last until `unmount`. */
export async function mountSmallDisk(folder: string, size: string): Promise<SmallDisk> {
  const holder = spawn(
    'unshare',
    [
      ...['--user', '--map-root-user', '--mount', 'sh', '-c'],
      'mount -t tmpfs -o "size=$1" tmpfs "$0" && exec sleep infinity',
      ...[folder, size],
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => holder.once('close', resolve));
  const enter = ['nsenter', '--preserve-credentials', '--user', '--mount', `--target=${holder.pid}`] as const;
  const inside = (...command: string[]) => run(enter[0], [...enter.slice(1), ...command]);
  const isMounted = () =>
    inside('mountpoint', '-q', folder).then(
      () => true,
      () => false,
    );
  while (!(await isMounted())) {
    if (holder.exitCode !== null)
      throw new Error(`mounting a disk of ${size} at ${folder}: exit code ${holder.exitCode}`);
    await sleep(20);
  }
  return {
    enter: [...enter],
    async fill() {
      // It ends with an error when the disk is full.
      await inside('dd', 'if=/dev/zero', `of=${join(folder, 'filler')}`, 'bs=4k').catch(() => undefined);
    },
    async enlarge(to) {
      await inside('mount', '-o', `remount,size=${to}`, folder);
    },
    async unmount() {
      holder.kill('SIGKILL');
      await ended;
    },
  };
}
