import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program under test. Stop it, or let `await using` do so. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  /** What it printed so far, for failure messages. */
  readonly output: () => string;
  /** SIGTERM by default; comes back when it is gone. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
  /** Comes back when it ends, with its exit code or the signal that ended it. */
  readonly exited: () => Promise<string>;
}

export interface ProgramOptions {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Whether it is up; a throw means not yet. */
  readonly isReady: () => Promise<boolean>;
}

/** Generous, since a busy machine may start several at once. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;

/** Starts a program and waits until it is up. @throws Error with its output when it ends or does not come up */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const child = spawn(options.file, options.args, {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'], ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-2_000_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let ended: string | undefined;
  const exit: Promise<string> = once(child, 'exit').then(
    ([code, signal]) => (ended = String(code ?? signal)),
    (error: unknown) => (ended = String(error)),
  );
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (ended !== undefined) return;
    child.kill(signal);
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exit;
    clearTimeout(killer);
  };
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await options.isReady().catch(() => false))) {
    if (ended === undefined && performance.now() < deadline) {
      await sleep(50);
      continue;
    }
    const why = ended === undefined ? 'did not come up' : `ended with ${ended}`;
    await stop('SIGKILL');
    throw new Error(`starting ${options.name}: it ${why}\n${output.slice(-5_000)}`);
  }
  return { pid: child.pid ?? 0, output: () => output, stop, exited: () => exit, [Symbol.asyncDispose]: () => stop() };
}

/** Whether a GET is answered with success. */
export async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  return response.ok;
}
