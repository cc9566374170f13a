import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runComponent, type Component } from './component.ts';

let folder = '';
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'component-'))));
afterEach(() => rm(folder, { recursive: true }));

const component = (script: string, ready: Component['ready'] = () => Promise.resolve(true)): Component => ({
  name: 'part',
  command: '/bin/sh',
  args: ['-c', script],
  after: [],
  ready,
});

test('given a component that ends after it was ready, then it is started again', async () => {
  const stop = new AbortController();
  const exits: string[] = [];
  await runComponent(component('echo once; sleep 0.2; exit 3'), {
    logFile: join(folder, 'log'),
    signal: stop.signal,
    onReady: () => undefined,
    onExit: (exit) => {
      exits.push(exit);
      if (exits.length === 2) stop.abort();
    },
  });
  expect(exits).toEqual(['ended with exit code 3', 'ended with exit code 3']);
  expect(await readFile(join(folder, 'log'), 'utf8')).toBe('once\nonce\n');
});

test('given a component that never gets ready, then it fails with its last lines and where its log is', async () => {
  const run = runComponent(
    component('echo cannot bind >&2; exit 1', () => Promise.resolve(false)),
    {
      logFile: join(folder, 'log'),
      signal: new AbortController().signal,
      onReady: () => undefined,
      onExit: () => undefined,
    },
  );
  await expect(run).rejects.toMatchObject({
    code: 'COMPONENT_FAILED',
    message: expect.stringContaining('cannot bind'),
    hint: expect.stringContaining(join(folder, 'log')),
  });
});

test('given an abort, then the process is ended and nothing is started again', async () => {
  const stop = new AbortController();
  const exits: string[] = [];
  await runComponent(component('exec sleep 600'), {
    logFile: join(folder, 'log'),
    signal: stop.signal,
    onReady: () => {
      stop.abort();
    },
    onExit: (exit) => exits.push(exit),
  });
  expect(exits).toEqual([]);
});
