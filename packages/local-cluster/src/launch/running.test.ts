import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { layoutOf } from '../layout.ts';
import { findRunning, startTimeOf } from './running.ts';

let root = '';
beforeEach(async () => (root = await mkdtemp(join(tmpdir(), 'running-'))));
afterEach(() => rm(root, { recursive: true }));

const note = (holder: object) =>
  writeFile(
    layoutOf(root).state,
    JSON.stringify({
      holder,
      startedAt: new Date().toISOString(),
      nodes: 3,
      environments: ['local'],
      ports: { api: 1, http: 2, https: 3, argocd: 4, git: 5 },
    }),
  );

test('given no note, then none runs', async () => {
  expect(await findRunning(root)).toBeUndefined();
});

test('given a process that is there with that start time, then it runs', async () => {
  await note({ pid: process.pid, startTime: await startTimeOf(process.pid) });
  expect((await findRunning(root))?.holder.pid).toBe(process.pid);
});

test('given a pid that another process has now, then none runs', async () => {
  await note({ pid: process.pid, startTime: '1' });
  expect(await findRunning(root)).toBeUndefined();
});

test('given a note that is cut off, then none runs', async () => {
  await writeFile(layoutOf(root).state, '{"holder":');
  expect(await findRunning(root)).toBeUndefined();
});

test('given a process that has ended and is not taken note of yet, then it has no start time', async () => {
  // The shell's child ends at once, while the shell has become a sleep that never asks for it.
  const shell = spawn('sh', ['-c', 'sh -c "exit 0" & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [printed] = (await once(shell.stdout, 'data')) as [Buffer];
  const pid = Number(printed.toString());
  while ((await startTimeOf(pid)) !== undefined) await new Promise((resolve) => setTimeout(resolve, 20));
  shell.kill();
  expect(await startTimeOf(pid)).toBeUndefined();
});
