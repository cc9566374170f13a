import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { withLock } from './lock.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatefleet-lock-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('only one at a time is at work, and all get their turn', async () => {
  let [inside, most] = [0, 0];
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside--;
    return 'done';
  };
  const results = await Promise.all(Array.from({ length: 5 }, () => withLock(dir, work)));
  expect(results).toEqual(Array(5).fill('done'));
  expect(most).toBe(1);
  expect(await readdir(dir)).toEqual([]);
});

test('a lock whose holder was killed is taken over', async () => {
  const holder = spawn('sleep', ['60']);
  const stat = await readFile(`/proc/${holder.pid}/stat`, 'utf8');
  await writeFile(join(dir, `${holder.pid}-${stat.split(') ')[1]!.split(' ')[19]}-claim`), '');
  const waited: number[] = [];
  await withLock(dir, async () => {}, {
    onWait: (pid) => {
      if (waited.length === 0) holder.kill('SIGKILL');
      waited.push(pid);
    },
  });
  expect(waited[0]).toBe(holder.pid);
});

test('a process that only got the pid of a dead holder does not hold its lock', async () => {
  await writeFile(join(dir, `${process.pid}-1-claim`), '');
  const waited: number[] = [];
  await withLock(dir, async () => {}, { onWait: (pid) => waited.push(pid) });
  expect(waited).toEqual([]);
});

test('a failure at work frees the lock', async () => {
  await expect(withLock(dir, () => Promise.reject(new Error('work')))).rejects.toThrow('work');
  expect(await withLock(dir, async () => 'free')).toBe('free');
});

test('waiting can be cancelled', async () => {
  const abort = new AbortController();
  const outcome = await withLock(dir, () =>
    withLock(dir, async () => 'got it', { signal: abort.signal, onWait: () => abort.abort() }).catch(
      (error: unknown) => (error as { code: string }).code,
    ),
  );
  expect(outcome).toBe('CANCELLED');
});
