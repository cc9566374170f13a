import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OciSpec } from '../bundle/oci-spec.ts';
import { CriError } from '../errors.ts';
import { readProcesses, treeOf } from '../processes/process-table.ts';
import type { OciRuntime } from './oci-runtime.ts';

export interface ExecRequest {
  readonly id: string;
  readonly bundle: string;
  readonly command: readonly string[];
  /** 0 waits for as long as it takes. */
  readonly timeoutMs: number;
}
export interface ExecOutcome {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly exitCode: number;
}

/**
 * Cap on each stream; what is beyond is thrown away while the command goes on. kubelet takes answers of at most 16 MiB, in
 * which both streams and the message around them have to fit.
 */
const OUTPUT_LIMIT_BYTES = 8 * 1024 * 1024 - 4096;
/** How long output may still come from a process that the command left behind. */
const DRAIN_MS = 1000;

/**
 * Runs a command in a running container as the container's own process would run: same user, capabilities, environment and folder.
 *
 * @throws {@link CriError} `DEADLINE_EXCEEDED` when it took too long and was killed.
 */
export async function execSync(runtime: OciRuntime, request: ExecRequest): Promise<ExecOutcome> {
  const base = join(request.bundle, `exec-${randomBytes(6).toString('hex')}`);
  const spec = JSON.parse(readFileSync(join(request.bundle, 'config.json'), 'utf8')) as OciSpec;
  writeFileSync(`${base}.json`, JSON.stringify({ ...spec.process, terminal: false, args: request.command }), {
    mode: 0o600,
  });
  try {
    const args = [...runtime.globalArgs, 'exec', '--process', `${base}.json`, '--pid-file', `${base}.pid`, request.id];
    return await runCapped(runtime.path, args, request, () => readPid(`${base}.pid`));
  } finally {
    rmSync(`${base}.json`, { force: true });
    rmSync(`${base}.pid`, { force: true });
  }
}

async function runCapped(
  program: string,
  args: string[],
  request: ExecRequest,
  execPid: () => number | undefined,
): Promise<ExecOutcome> {
  return await new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const stdout = capped(child.stdout);
    const stderr = capped(child.stderr);
    let isLate = false;
    const deadline =
      request.timeoutMs > 0
        ? setTimeout(() => {
            isLate = true;
            // The command is the runtime's child in the container: it would outlive the runtime alone.
            const pid = execPid();
            if (pid !== undefined) for (const below of treeOf(readProcesses(), pid)) killQuietly(below.pid);
            child.kill('SIGKILL');
          }, request.timeoutMs)
        : undefined;
    child.on('error', (cause) =>
      reject(new CriError('INTERNAL', `running a command in ${request.id}: cannot start ${program}`, { cause })),
    );
    child.on('exit', () => {
      clearTimeout(deadline);
      setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, DRAIN_MS).unref();
    });
    child.on('close', (code, signal) => {
      const command = request.command.join(' ');
      if (isLate)
        reject(
          new CriError(
            'DEADLINE_EXCEEDED',
            `running "${command}" in ${request.id}: timed out after ${String(request.timeoutMs)} ms`,
          ),
        );
      else if (code === null)
        reject(new CriError('INTERNAL', `running "${command}" in ${request.id}: ended by ${String(signal)}`));
      else resolve({ stdout: stdout(), stderr: stderr(), exitCode: code });
    });
  });
}

function capped(stream: NodeJS.ReadableStream): () => Buffer {
  const parts: Buffer[] = [];
  let room = OUTPUT_LIMIT_BYTES;
  stream.on('data', (part: Buffer) => {
    if (room > 0) parts.push(part.subarray(0, room));
    room -= part.length;
  });
  return () => Buffer.concat(parts);
}

function readPid(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    return pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended meanwhile
  }
}
