import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CriError } from '../errors.ts';
import type { OciRuntime } from './oci-runtime.ts';

/** conmon's answer on its sync pipe: the container's pid, or below 0 with a message. */
const Report = z.object({ data: z.int(), message: z.string().optional() });

export interface MonitoredContainer {
  readonly id: string;
  readonly bundle: string;
  readonly logPath: string;
  readonly tty: boolean;
  /** `once`: the container's input ends when the first client that attached goes away. */
  readonly stdin: 'none' | 'open' | 'once';
}

/**
 * One conmon a container. It creates the container, writes its output in the CRI's log format, outlives this runtime, and in the end
 * writes the exit code to `exitFolder/<id>`.
 */
export class Monitor {
  readonly #conmon: string;
  readonly #runtime: OciRuntime;
  readonly #exitFolder: string;
  readonly #socketFolder: string;

  constructor(options: { conmon: string; runtime: OciRuntime; exitFolder: string; socketFolder: string }) {
    this.#conmon = options.conmon;
    this.#runtime = options.runtime;
    this.#exitFolder = options.exitFolder;
    this.#socketFolder = options.socketFolder;
  }

  /** Creates the container and returns the pid of its first process, which waits for the start. @throws CriError */
  async create({ id, bundle, logPath, tty, stdin }: MonitoredContainer): Promise<number> {
    const args = [
      ...['--api-version', '1', '-c', id, '-u', id, '-n', id, '-b', bundle, '-r', this.#runtime.path],
      ...this.#runtime.globalArgs.flatMap((arg) => ['--runtime-arg', arg]),
      ...['-p', join(bundle, 'pid'), '--conmon-pidfile', join(bundle, 'conmon.pid'), '--exit-dir', this.#exitFolder],
      ...['--log-path', `k8s-file:${logPath}`, '--log-level', 'error', '--no-sync-log'],
      ...['--socket-dir-path', this.#socketFolder],
      ...(tty ? ['--terminal'] : []),
      ...(stdin === 'none' ? [] : ['--stdin']),
      ...(stdin === 'open' ? ['--leave-stdin-open'] : []),
    ];
    const text = await this.#runToReport(id, args);
    const report = Report.safeParse(parseJson(text));
    if (report.success && report.data.data > 0) return report.data.data;
    const reason = (report.success ? report.data.message : text)?.trim();
    throw new CriError('INTERNAL', `creating container ${id}: ${reason || 'conmon gave no reason'}`);
  }

  /** Makes conmon write to a new file at the log's path, after the old one was moved away. */
  async reopenLog(bundle: string): Promise<void> {
    // Without a reader, that is without conmon, an ordinary open of the fifo would hang.
    const file = await open(join(bundle, 'ctl'), constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      await file.write('2 0 0\n'); // message type 2: reopen logs; its numbers are a terminal's size in type 1
    } finally {
      await file.close();
    }
  }

  async #runToReport(id: string, args: readonly string[]): Promise<string> {
    return await new Promise((resolve, reject) => {
      const child = spawn(this.#conmon, args, {
        stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
        env: { PATH: process.env['PATH'], _OCI_SYNCPIPE: '3' },
        detached: true,
      });
      child.unref();
      const pipe = child.stdio[3] as unknown as NodeJS.ReadableStream & { destroy(): void };
      let text = '';
      const finish = () => {
        pipe.destroy();
        resolve(text);
      };
      pipe.setEncoding('utf8');
      pipe.on('data', (part: string) => {
        text += part;
        if (text.includes('\n')) finish();
      });
      pipe.on('end', finish);
      pipe.on('error', finish);
      child.on('error', (cause) =>
        reject(new CriError('INTERNAL', `creating container ${id}: cannot start ${this.#conmon}`, { cause })),
      );
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.split('\n')[0] ?? '');
  } catch {
    return undefined;
  }
}
