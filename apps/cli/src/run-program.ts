import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CliError } from './errors.ts';

/**
 * Runs a program to its end and returns what it printed on stdout.
 *
 * @throws {@link CliError} `COMMAND_FAILED` with its last lines on stderr.
 */
export function runProgram(
  command: string,
  args: readonly string[],
  options: {
    cwd?: string;
    input?: string | AsyncIterable<Buffer>;
    env?: Readonly<Record<string, string>>;
    signal?: AbortSignal;
  } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code, name) => {
      if (code === 0) resolve(stdout);
      else {
        const last = stderr.trim().split('\n').slice(-8).join('\n');
        reject(
          new CliError(
            'COMMAND_FAILED',
            `running ${[command, ...args].join(' ')}: ${name ?? `exit code ${String(code)}`}\n${last}`,
          ),
        );
      }
    });
    // A program that ends early tells why itself; an input that fails must not look like one that ended.
    const { input = '' } = options;
    pipeline(typeof input === 'string' ? [input] : input, child.stdin).catch((error: unknown) => {
      if (isBrokenPipe(error)) return;
      child.kill();
      reject(error instanceof Error ? error : new Error(String(error)));
    });
  });
}

const isBrokenPipe = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String(error.code));

/** Debian's package for each system program that a local cluster runs. */
export const systemPrograms: Readonly<Record<string, string>> = {
  crun: 'crun',
  conmon: 'conmon',
  tini: 'tini',
  nft: 'nftables',
  ip: 'iproute2',
  unshare: 'util-linux',
  git: 'git',
  'redis-server': 'redis-tools',
};

/**
 * Paths of the system programs, by name. Folders for administrators are looked at too: an ordinary user's PATH often
 * lacks them.
 *
 * @throws {@link CliError} `PROGRAM_MISSING` with the one command that installs all that is missing.
 */
export async function findSystemPrograms(
  path = process.env['PATH'] ?? '',
  more: readonly string[] = ['/usr/sbin', '/sbin'],
): Promise<Readonly<Record<string, string>>> {
  const folders = [...path.split(delimiter), ...more];
  const found: Record<string, string> = {};
  const missing: string[] = [];
  for (const [name, debianPackage] of Object.entries(systemPrograms)) {
    const place = await firstExecutable(folders.map((folder) => join(folder, name)));
    if (place !== undefined) found[name] = place;
    else if (name === 'crun') {
      const runc = await firstExecutable(folders.map((folder) => join(folder, 'runc')));
      if (runc === undefined) missing.push(debianPackage);
      else found['runc'] = runc;
    } else missing.push(debianPackage);
  }
  if (missing.length > 0) {
    throw new CliError('PROGRAM_MISSING', `looking for system programs: ${missing.join(', ')} not found`, {
      hint: `install them: sudo apt-get install ${missing.join(' ')}`,
    });
  }
  return found;
}

async function firstExecutable(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}
