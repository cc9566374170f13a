import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** A token like a CA's, and the answer that only our replicas give to it. */
export interface Probe {
  readonly token: string;
  readonly answer: string;
}

/** How long a token is answered: longer than asking takes, and than clocks differ. */
const VALID_SECONDS = 300;
const NONCE_BYTES = 12;
const TIME_BYTES = 4;
const MAC_BYTES = 16;

/**
 * Tokens by which replicas know each other: they share a key, so whoever made a token need not keep it anywhere, and nobody else can make
 * one. The store is neither written nor read for them.
 */
export class ProbeTokens {
  readonly #key: Buffer;
  readonly #now: () => Date;

  /** @param key - 32 bytes, for this and nothing else. */
  constructor(key: Buffer, now: () => Date) {
    this.#key = key;
    this.#now = now;
  }

  make(): Probe {
    const until = Buffer.alloc(TIME_BYTES);
    until.writeUInt32BE(this.#seconds() + VALID_SECONDS);
    const body = Buffer.concat([randomBytes(NONCE_BYTES), until]);
    const token = Buffer.concat([body, this.#seal('token', body)]).toString('base64url');
    return { token, answer: this.#answer(token) };
  }

  /** `undefined` for all that none of us has made of late. */
  answerOf(token: string): string | undefined {
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== NONCE_BYTES + TIME_BYTES + MAC_BYTES) return undefined;
    const body = bytes.subarray(0, -MAC_BYTES);
    if (!timingSafeEqual(bytes.subarray(-MAC_BYTES), this.#seal('token', body))) return undefined;
    const left = body.readUInt32BE(NONCE_BYTES) - this.#seconds();
    return left >= 0 && left <= 2 * VALID_SECONDS ? this.#answer(token) : undefined;
  }

  #answer(token: string): string {
    return `${token}.${this.#seal('answer', Buffer.from(token)).toString('base64url')}`;
  }

  #seal(purpose: string, bytes: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(`${purpose}\n`).update(bytes).digest().subarray(0, MAC_BYTES);
  }

  #seconds(): number {
    return Math.floor(this.#now().getTime() / 1_000);
  }
}
