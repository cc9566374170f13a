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
  readonly #keys: () => readonly Buffer[];
  readonly #now: () => Date;

  /** @param keys - of 32 bytes, for this and nothing else; the first makes tokens, and those of the others are answered too. */
  constructor(keys: () => readonly Buffer[], now: () => Date) {
    this.#keys = keys;
    this.#now = now;
  }

  make(): Probe {
    const until = Buffer.alloc(TIME_BYTES);
    until.writeUInt32BE(this.#seconds() + VALID_SECONDS);
    const body = Buffer.concat([randomBytes(NONCE_BYTES), until]);
    const [key = Buffer.alloc(0)] = this.#keys();
    const token = Buffer.concat([body, seal(key, 'token', body)]).toString('base64url');
    return { token, answer: answerBy(key, token) };
  }

  /** `undefined` for all that none of us has made of late. */
  answerOf(token: string): string | undefined {
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== NONCE_BYTES + TIME_BYTES + MAC_BYTES) return undefined;
    const body = bytes.subarray(0, -MAC_BYTES);
    const key = this.#keys().find((one) => timingSafeEqual(bytes.subarray(-MAC_BYTES), seal(one, 'token', body)));
    if (key === undefined) return undefined;
    const left = body.readUInt32BE(NONCE_BYTES) - this.#seconds();
    return left >= 0 && left <= 2 * VALID_SECONDS ? answerBy(key, token) : undefined;
  }

  #seconds(): number {
    return Math.floor(this.#now().getTime() / 1_000);
  }
}

function answerBy(key: Buffer, token: string): string {
  return `${token}.${seal(key, 'answer', Buffer.from(token)).toString('base64url')}`;
}

function seal(key: Buffer, purpose: string, bytes: Buffer): Buffer {
  return createHmac('sha256', key).update(`${purpose}\n`).update(bytes).digest().subarray(0, MAC_BYTES);
}
