import type { ServerResponse } from 'node:http';
import type { OpenEntry } from './entry.ts';
import type { CaResponse } from './forwarder.ts';
import { readRetryAfter } from './retry-after.ts';

/** Gives a client what it gets, and writes down what that was. A client that is gone already gets nothing. */
export class Reply {
  readonly #entry: OpenEntry;
  readonly #response: ServerResponse;
  readonly #now: () => number;

  constructor(entry: OpenEntry, response: ServerResponse, now: () => number) {
    this.#entry = entry;
    this.#response = response;
    this.#now = now;
    response.on('close', () => this.left());
  }

  whole(answer: CaResponse): void {
    this.#give('answered', answer);
    this.#response.end(answer.body);
  }

  /** @param isIntact - announces no more than comes; else the connection breaks in the middle. */
  half(answer: CaResponse, isIntact: boolean): void {
    const half = answer.body.subarray(0, Math.floor(answer.body.length / 2));
    if (half.length === 0) return this.broken();
    this.#give('truncated', isIntact ? { ...answer, body: half } : answer);
    if (isIntact) this.#response.end(half);
    // Only what the kernel has is sure to go out before the end.
    else this.#response.write(half, () => this.#response.destroy());
  }

  broken(): void {
    this.#entry.given ??= { kind: 'broken', at: this.#now() };
    this.#response.destroy();
  }

  left(): void {
    this.#entry.given ??= { kind: 'left', at: this.#now() };
    this.#response.destroy();
  }

  #give(kind: 'answered' | 'truncated', { status, headers, body }: CaResponse): void {
    const at = this.#now();
    const isHeld = status === 429 || status === 503;
    const retryAt = isHeld ? readRetryAfter(headers['retry-after']?.[0], at) : undefined;
    this.#entry.given ??= { kind, at, status, retryAt };
    for (const [name, values] of Object.entries(headers)) this.#response.setHeader(name, values);
    // A body goes with neither of these, whatever its length.
    if (status !== 204 && this.#entry.method !== 'HEAD') this.#response.setHeader('content-length', body.length);
    this.#response.statusCode = status;
  }
}
