import { execFile, type ExecFileException } from 'node:child_process';
import { SupplyChainError } from './errors.ts';

export interface RunOptions {
  readonly cwd?: string;
  /** Beside the process's own. */
  readonly env?: NodeJS.ProcessEnv;
  /** Exit codes that are answers and not failures. */
  readonly answers?: readonly number[];
}

/**
 * Runs a program to its end and returns what it printed on stdout.
 * @throws {@link SupplyChainError} `COMMAND_FAILED` with the last lines of what it said
 */
export function runProgram(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { cwd, env, answers = [0] } = options;
  return new Promise((resolve, reject) => {
    const ended = (error: ExecFileException | null, stdout: string, stderr: string) => {
      if (error === null || (typeof error.code === 'number' && answers.includes(error.code))) return resolve(stdout);
      const last = (stderr.trim() || stdout.trim() || error.message).split('\n').slice(-8).join('\n');
      reject(
        new SupplyChainError('COMMAND_FAILED', `running ${[command, ...args].join(' ')}: ${last}`, { cause: error }),
      );
    };
    execFile(command, args, { cwd, env: { ...process.env, ...env }, maxBuffer: 256 * 1024 * 1024 }, ended);
  });
}
