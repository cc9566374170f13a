import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

export type CipherErrorCode = 'BAD_KEY' | 'WRONG_KEY' | 'BAD_RECORD';

/** Never carries a key or a plain text. */
export class CipherError extends Error {
  override readonly name = 'CipherError';
  readonly code: CipherErrorCode;
  readonly hint: string | undefined;

  constructor(code: CipherErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

const KEY_BYTES = 32;
/** NIST SP 800-38D section 8.2.2: random, and the size that GCM is made for. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ALGORITHM = 'aes-256-gcm';

const Sealed = z.object({
  v: z.literal(1),
  /** Which key sealed it; tells nothing of the key. */
  key: z.string(),
  nonce: z.base64(),
  /** Cipher text and tag. */
  data: z.base64(),
});

/** Seals records with AES-256-GCM. The key's path is authenticated with it, so a record cannot be moved to another place. */
export class RecordCipher {
  readonly #key: Buffer;
  readonly keyId: string;

  /** @param key - 32 bytes in base64. @throws CipherError `BAD_KEY` */
  constructor(key: string) {
    const text = key.trim();
    this.#key = Buffer.from(text, 'base64');
    const isBase64 = this.#key.toString('base64') === text;
    if (!isBase64 || this.#key.length !== KEY_BYTES || new Set(this.#key).size < 8) {
      throw new CipherError('BAD_KEY', `reading the encryption key: it is not ${KEY_BYTES} random bytes in base64`, {
        hint: 'the create-secrets command makes a good one; a key that sealed records must be brought back, not replaced',
      });
    }
    this.keyId = createHash('sha256').update('gatefleet record key\n').update(this.#key).digest('hex').slice(0, 16);
  }

  /** A key of 32 bytes for another purpose, which tells nothing of this one (HKDF, RFC 5869). */
  keyFor(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#key, '', `gatefleet ${purpose}`, KEY_BYTES));
  }

  seal(path: string, plain: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(path, 'utf8'));
    const data = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    const sealed: z.infer<typeof Sealed> = {
      v: 1,
      key: this.keyId,
      nonce: nonce.toString('base64'),
      data: data.toString('base64'),
    };
    return JSON.stringify(sealed);
  }

  /** @throws CipherError `WRONG_KEY` when another key sealed it, `BAD_RECORD` when it was changed or moved */
  open(path: string, text: string): string {
    let sealed: z.infer<typeof Sealed>;
    try {
      sealed = Sealed.parse(JSON.parse(text));
    } catch (cause) {
      throw new CipherError('BAD_RECORD', `opening ${path}: it is not a sealed record`, { cause });
    }
    if (sealed.key !== this.keyId) {
      throw new CipherError('WRONG_KEY', `opening ${path}: the key ${sealed.key} sealed it, ours is ${this.keyId}`, {
        hint: 'bring back the Secret with the key that sealed it',
      });
    }
    const data = Buffer.from(sealed.data, 'base64');
    try {
      const nonce = Buffer.from(sealed.nonce, 'base64');
      const decipher = createDecipheriv(ALGORITHM, this.#key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(path, 'utf8'));
      decipher.setAuthTag(data.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(data.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new CipherError('BAD_RECORD', `opening ${path}: it was changed, or sealed for another place`, { cause });
    }
  }
}

/** @throws CipherError `BAD_KEY` */
export async function readCipher(file: string): Promise<RecordCipher> {
  let key: string;
  try {
    key = await readFile(file, 'utf8');
  } catch (cause) {
    throw new CipherError('BAD_KEY', `reading the encryption key from ${file}`, {
      hint: 'mount the Secret gatefleet-encryption-key there',
      cause,
    });
  }
  return new RecordCipher(key);
}
