import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** Called with each line of stderr, without its end. */
  readonly onStderr?: (line: string) => void;
}

export interface CommandResult {
  /** Exit code, or undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Grace between SIGTERM and SIGKILL when a command is cancelled. */
const killAfterMs = 2_000;

/**
 * Runs a program in a process group of its own, so that cancelling ends the compilers and linkers it started too.
 * @throws the spawn error (`ENOENT`) when the program is not there. An exit code other than 0 is a result.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout: Buffer[] = [];
  const stderr: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  createInterface({ input: child.stderr }).on('line', (line) => {
    stderr.push(line);
    options.onStderr?.(line);
  });

  const killGroup = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // Gone already.
    }
  };
  let forced: NodeJS.Timeout | undefined;
  const cancel = () => {
    killGroup('SIGTERM');
    forced = setTimeout(() => killGroup('SIGKILL'), killAfterMs);
  };
  if (options.signal?.aborted) cancel();
  options.signal?.addEventListener('abort', cancel, { once: true });
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return { code: code ?? undefined, stdout: Buffer.concat(stdout).toString(), stderr: stderr.join('\n') };
  } finally {
    clearTimeout(forced);
    options.signal?.removeEventListener('abort', cancel);
  }
}
