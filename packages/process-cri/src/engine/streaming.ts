import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { CriError } from '../errors.ts';
import type { OciRuntime } from './oci-runtime.ts';

/** What the helper is asked for; the same fields are in `streaming/main.go`. */
export interface StreamRequest {
  readonly kind: 'exec' | 'attach' | 'port-forward';
  /** A container's bundle, or for port-forward the path of a network namespace; empty is the node's. */
  readonly target: string;
  readonly command?: readonly string[];
  readonly ports?: readonly number[];
  readonly tty?: boolean;
  readonly stdin?: boolean;
  readonly stdout?: boolean;
  readonly stderr?: boolean;
}

const Answer = z.object({ id: z.int(), url: z.string().optional(), error: z.string().optional() });

interface Waiting {
  readonly resolve: (url: string) => void;
  readonly reject: (error: Error) => void;
}

/** The program that serves the streams of exec, attach and port-forward. It is started when the first is wanted, and anew when it ended. */
export class Streaming {
  readonly #program: string;
  readonly #runtime: OciRuntime;
  #child: ChildProcessByStdio<Writable, Readable, null> | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  constructor(program: string, runtime: OciRuntime) {
    this.#program = program;
    this.#runtime = runtime;
  }

  /** A URL that kubelet can open once, within a minute. @throws CriError */
  async url(request: StreamRequest): Promise<string> {
    const child = (this.#child ??= this.#start());
    const id = ++this.#last;
    return await new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      child.stdin.write(`${JSON.stringify({ id, ...request })}\n`);
    });
  }

  /** Ends the helper, and with it the streams that are open. */
  close(): void {
    this.#child?.stdin.end();
  }

  #start(): ChildProcessByStdio<Writable, Readable, null> {
    const args = ['--runtime', this.#runtime.path, ...this.#runtime.globalArgs.map((arg) => `--runtime-arg=${arg}`)];
    const child = spawn(this.#program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.on('error', () => undefined); // its end is told by `close`
    createInterface(child.stdout).on('line', (line) => this.#take(line));
    const ended = (reason: string, cause?: unknown) => {
      if (this.#child === child) this.#child = undefined;
      for (const { reject } of this.#waiting.values()) {
        reject(new CriError('UNAVAILABLE', `opening a stream: ${this.#program} ${reason}`, { cause }));
      }
      this.#waiting.clear();
    };
    child.on('error', (cause) => ended('cannot be started', cause));
    child.on('close', (code) => ended(`ended with ${String(code)}`));
    return child;
  }

  #take(line: string): void {
    const { id, url, error } = Answer.parse(JSON.parse(line));
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (url === undefined)
      waiting?.reject(new CriError('INVALID_ARGUMENT', `opening a stream: ${error ?? 'no reason given'}`));
    else waiting?.resolve(url);
  }
}
