import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** In a process group of its own, to which a signal can be sent as a terminal sends it. */
  readonly group?: boolean;
  /** Only ends what would never end: without it a test that gave up leaves its program behind, and Jest waits for that. */
  readonly limitMs?: number;
  /** Called with the process once it runs. */
  readonly onStart?: (pid: number) => void;
}

const LIMIT_MS = 420_000;

/** Runs a program as a user would, and returns what it printed whatever its exit code. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      detached: options.group ?? false,
      env: { ...process.env, NODE_OPTIONS: '', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.limitMs ?? LIMIT_MS,
      killSignal: 'SIGINT', // as Ctrl-C, so that it cleans up
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
    });
    child.stdin.on('error', () => undefined).end(options.input ?? '');
    if (child.pid !== undefined) options.onStart?.(child.pid);
  });
}

/** The same, for what has to succeed: its stdout. */
export async function succeed(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${String(code)}\n${stdout}\n${stderr}`);
  return stdout;
}

/** Asks again until the answer is there. The limit only ends a test that would never end. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  limitMs = 180_000,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`, { cause: last });
    await sleep(100);
  }
}
