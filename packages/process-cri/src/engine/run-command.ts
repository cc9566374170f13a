import { spawn } from 'node:child_process';
import { CriError } from '../errors.ts';

/**
 * Runs a program to its end and gives its standard output.
 *
 * @param what - what it is for; begins the error's message, which ends with the program's last words.
 * @throws {@link CriError} `INTERNAL` when it fails or cannot be started.
 */
export async function runCommand(
  what: string,
  program: string,
  args: readonly string[],
  options: { input?: string } = {},
): Promise<string> {
  return await new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => undefined); // it may end before it reads
    child.stdin.end(options.input ?? '');
    child.on('error', (cause) => reject(new CriError('INTERNAL', `${what}: cannot start ${program}`, { cause })));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(stdout);
      else
        reject(
          new CriError('INTERNAL', `${what}: ${stderr.trim() || `${program} ended with ${String(signal ?? code)}`}`),
        );
    });
  });
}
