import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterError } from '../errors.ts';

/** One long-running process of the cluster. */
export interface Component {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Names of the components that have to be ready before this one starts. */
  readonly after: readonly string[];
  /** Whether it does its work now. A rejection counts as "not yet". */
  readonly ready: (signal: AbortSignal) => Promise<boolean>;
}

/** Exits before the first readiness that mean "this will never run". */
const attemptsBeforeReady = 3;
const longestPauseMs = 10_000;

export interface RunOptions {
  readonly logFile: string;
  readonly signal: AbortSignal;
  readonly onReady: () => void;
  /** Told of every exit that nobody asked for. */
  readonly onExit: (exit: string) => void;
}

/**
 * Keeps a component running until the signal aborts, then ends it with SIGTERM. Resolves when it is gone.
 *
 * @throws {@link ClusterError} `COMPONENT_FAILED` when it ends three times before it was ever ready, with its last lines.
 */
export async function runComponent(component: Component, options: RunOptions): Promise<void> {
  const { signal, logFile } = options;
  let wasReady = false;
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    const child = start(component, logFile);
    const ended = exitOf(child);
    const watching = new AbortController();
    const stop = () => child.kill('SIGTERM');
    signal.addEventListener('abort', stop, { once: true });
    void untilReady(component, AbortSignal.any([signal, watching.signal])).then((ready) => {
      if (ready && !wasReady) {
        wasReady = true;
        options.onReady();
      }
    });
    const exit = await ended;
    watching.abort();
    signal.removeEventListener('abort', stop);
    if (signal.aborted) return;
    options.onExit(exit);
    if (!wasReady && attempt >= attemptsBeforeReady) {
      throw new ClusterError('COMPONENT_FAILED', `starting ${component.name}: ${exit}\n${await lastLines(logFile)}`, {
        hint: `its whole log is ${logFile}`,
      });
    }
    await sleep(Math.min(250 * 2 ** attempt, longestPauseMs), undefined, { signal }).catch(() => undefined);
  }
}

/** The last lines that a component logged, indented. */
export async function lastLines(file: string, count = 8): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .trimEnd()
    .split('\n')
    .slice(-count)
    .map((line) => `    ${line}`)
    .join('\n');
}

function start(component: Component, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a', 0o600);
  try {
    return spawn(component.command, component.args, {
      stdio: ['ignore', log, log],
      env: { PATH: process.env['PATH'] ?? '', HOME: '/root', LANG: 'C.UTF-8', ...component.env },
    });
  } finally {
    closeSync(log);
  }
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve(`could not be started: ${error.message}`);
    });
    child.once('exit', (code, name) => {
      resolve(name === null ? `ended with exit code ${String(code)}` : `ended by ${name}`);
    });
  });
}

async function untilReady(component: Component, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const attempt = AbortSignal.any([signal, AbortSignal.timeout(5_000)]);
    if (await component.ready(attempt).catch(() => false)) return true;
    await sleep(100, undefined, { signal }).catch(() => undefined);
  }
  return false;
}
